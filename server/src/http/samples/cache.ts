/** Files up to so many bytes together; the one that was not asked for longest goes first. */
export class FileCache {
  readonly #mostBytes: number;
  readonly #files = new Map<string, Buffer>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get(key: string): Buffer | undefined {
    const file = this.#files.get(key);
    if (file) this.#place(key, file);
    return file;
  }

  set(key: string, file: Buffer): void {
    this.#bytes += file.length - (this.#files.get(key)?.length ?? 0);
    this.#place(key, file);
    for (const [oldest, { length }] of this.#files) {
      if (this.#bytes <= this.#mostBytes) break;
      this.#files.delete(oldest);
      this.#bytes -= length;
    }
  }

  #place(key: string, file: Buffer): void {
    this.#files.delete(key);
    this.#files.set(key, file);
  }
}
