import { abortable, Channel, isAbort, raceAbort, sleep } from '../kernel/index.ts';
import type { Toned } from './emotion-tags.ts';
import { asProviderError, type ReplyOptions, type ReplyOutcome } from './reply.ts';
import { type ReplyTimes, Writer } from './writer.ts';

/** What the LLM may be ahead of what is told, in pieces as it writes them; a longer answer fails rather than grow without end. */
const MAX_PIECES_AHEAD = 20_000;
/** How often a reply that is held looks whether it may go on, and at most how often captions follow it, in ms. */
const LOOK_INTERVAL_MS = 100;

type Shared =
  | 'scope'
  | 'clock'
  | 'mouth'
  | 'llm'
  | 'inlineEmotions'
  | 'language'
  | 'source'
  | 'until'
  | 'tools'
  | 'onHeard';

export interface WrittenReplyOptions extends Pick<ReplyOptions, Shared> {
  /** What was written since the last time. */
  readonly onText: (text: string) => void;
  /** Before the first of it. */
  readonly onFirstText: () => void;
}

/** One answer on its way from the LLM to who reads it: nothing is spoken, and what was told counts as heard. */
export class WrittenReply {
  readonly #options: WrittenReplyOptions;
  readonly #writer: Writer;
  readonly times: ReplyTimes;
  #text = '';
  /** Spaces that wait for what follows them. */
  #spaces = '';
  #released: boolean;
  #complete = false;
  #shownAt = Number.NEGATIVE_INFINITY;

  constructor(options: WrittenReplyOptions) {
    const { clock, scope, until } = options;
    this.#options = options;
    this.times = { startedAt: clock.now() };
    this.#writer = new Writer({ ...options, signal: scope.signal, times: this.times, uncut: true });
    this.#released = until === undefined;
  }

  /** Never rejects for what providers do; a cut is an outcome, not an error. */
  async run(): Promise<ReplyOutcome> {
    const { signal } = this.#options.scope;
    try {
      const pieces = new Channel<Toned>({ capacity: MAX_PIECES_AHEAD, overflow: 'fail' });
      const writing = this.#writer.write(pieces);
      writing.catch(() => {});
      for await (const { text } of abortable(pieces, signal)) {
        await this.#mayGoOn();
        this.#tell(text);
      }
      await writing;
      signal.throwIfAborted();
      this.#complete = true;
      return this.#outcome('done');
    } catch (error) {
      if (signal.aborted || isAbort(error)) return this.#outcome('cut');
      return { ...this.#outcome('failed'), error: asProviderError(error) };
    }
  }

  /** The words that were told by now. */
  get heard(): string {
    return this.#text;
  }

  /** Text has no length in ms: all that was told. */
  heardAfter(_ms: number): string {
    return this.#text;
  }

  get shown(): string {
    return this.#text;
  }

  /** Nothing of it can come back by a loudspeaker. */
  get saying(): string {
    return '';
  }

  /** It has written something before the tools that it waits for. */
  get announced(): boolean {
    return this.#writer.waiting.announced;
  }

  /** Tokens that it has cost so far. */
  get tokens(): number {
    return this.#writer.tokens;
  }

  /** Infinite while more may come. */
  get remainingMs(): number {
    return this.#complete ? 0 : Number.POSITIVE_INFINITY;
  }

  /** A guess waits for its turn, and who is interrupted for what comes of that. */
  async #mayGoOn(): Promise<void> {
    const { scope, clock, mouth, until } = this.#options;
    if (until && !this.#released) await raceAbort(until, scope.signal);
    this.#released = true;
    while (mouth.held) await sleep(clock, LOOK_INTERVAL_MS, scope.signal);
  }

  #tell(piece: string): void {
    const { onFirstText, onText, onHeard, clock } = this.#options;
    const first = this.#text === '';
    const whole = first ? piece.trimStart() : this.#spaces + piece;
    const text = whole.trimEnd();
    this.#spaces = whole.slice(text.length);
    if (text === '') return;
    if (first) onFirstText();
    this.#text += text;
    onText(text);
    if (clock.now() - this.#shownAt < LOOK_INTERVAL_MS) return;
    this.#shownAt = clock.now();
    onHeard(this.#text);
  }

  #outcome(status: ReplyOutcome['status']): ReplyOutcome {
    return { status, heard: this.#text, shown: this.#text };
  }
}
