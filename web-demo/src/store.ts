/** One value and those who watch it; they are told once for all changes of a task. */
export class Store<T extends object> {
  #state: T;
  readonly #onChange: (state: T) => void;
  #told = true;

  constructor(state: T, onChange: (state: T) => void) {
    this.#state = state;
    this.#onChange = onChange;
  }

  get state(): T {
    return this.#state;
  }

  patch(change: Partial<T>): void {
    this.#state = { ...this.#state, ...change };
    if (!this.#told) return;
    this.#told = false;
    queueMicrotask(() => {
      this.#told = true;
      this.#onChange(this.#state);
    });
  }
}
