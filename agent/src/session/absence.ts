import type { Mouth, Speech, SpeechOptions } from '../contracts/index.ts';
import type { Clock } from '../kernel/index.ts';

export interface AbsenceOptions {
  readonly mouth: Mouth;
  readonly clock: Clock;
  /** Nobody hears the agent any more, for now... */
  readonly onNobody: () => void;
  /** ...and somebody does again. */
  readonly onSomebody: () => void;
}

/** Callers whose connections are lost: while nobody hears the agent it holds its tongue, and goes on from what was heard. */
export class Absence {
  /** For the conversation to speak with. */
  readonly mouth: Mouth;
  readonly #options: AbsenceOptions;
  readonly #hold: TwoHolds;
  readonly #here = new Set<string>();
  readonly #away = new Set<string>();

  constructor(options: AbsenceOptions) {
    this.#options = options;
    this.#hold = new TwoHolds(options.mouth);
    this.mouth = this.#hold;
  }

  joined(callerId: string): void {
    this.#here.add(callerId);
    this.#goOn();
  }

  /** What waits for nobody goes on waiting: it is said to the next one. */
  left(callerId: string): void {
    this.#here.delete(callerId);
    this.#away.delete(callerId);
    if (this.#here.size === 0 && this.#away.size > 0) this.#wait();
  }

  away(callerId: string): void {
    if (!this.#here.delete(callerId)) return;
    this.#away.add(callerId);
    if (this.#here.size === 0) this.#wait();
  }

  /** The caller has heard nothing for so long, in ms. */
  back(callerId: string, unheardMs: number): void {
    if (!this.#away.delete(callerId)) return;
    this.#here.add(callerId);
    if (this.#hold.absent) this.mouth.rewind?.(this.#options.clock.now() - unheardMs);
    this.#goOn();
  }

  #wait(): void {
    if (this.#hold.absent) return;
    this.#hold.setAbsent(true);
    this.#options.onNobody();
  }

  #goOn(): void {
    if (!this.#hold.absent) return;
    this.#hold.setAbsent(false);
    this.#options.onSomebody();
  }
}

/** A mouth that is held by whoever speaks over it, or by the absence of all who could hear it. */
class TwoHolds implements Mouth {
  readonly #mouth: Mouth;
  #byTurn = false;
  #absent = false;

  constructor(mouth: Mouth) {
    this.#mouth = mouth;
  }

  get absent(): boolean {
    return this.#absent;
  }

  setAbsent(absent: boolean): void {
    this.#absent = absent;
    this.#apply();
  }

  hold(): void {
    this.#byTurn = true;
    this.#apply();
  }

  resume(): void {
    this.#byTurn = false;
    this.#apply();
  }

  get takesOpus(): boolean {
    return this.#mouth.takesOpus ?? false;
  }

  get held(): boolean {
    return this.#mouth.held;
  }

  get lastVoiceAt(): number {
    return this.#mouth.lastVoiceAt;
  }

  speak(options: SpeechOptions): Speech {
    return this.#mouth.speak(options);
  }

  duck(gain: number): void {
    this.#mouth.duck(gain);
  }

  rewind(since: number): void {
    this.#mouth.rewind?.(since);
  }

  close(): void {
    this.#mouth.close();
  }

  #apply(): void {
    if (this.#byTurn || this.#absent) this.#mouth.hold();
    else this.#mouth.resume();
  }
}
