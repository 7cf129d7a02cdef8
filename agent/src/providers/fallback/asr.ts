import {
  type AsrOptions,
  type AsrProvider,
  type PcmFrame,
  ProviderError,
  type Transcript,
} from '../../contracts/index.ts';
import { AudioTape } from './audio-tape.ts';
import { type Chain, PATIENCE_MS } from './chain.ts';

/** More patience for long speech, in ms for each ms of it: where it is heard for the first time, and from the tape. */
const MORE_PATIENCE = 0.1;
const MORE_PATIENCE_FROM_TAPE = 0.5;

/** Recognisers in order: where one fails, the next one hears the utterance from its beginning. */
export class FallbackAsr implements AsrProvider {
  readonly id: string;
  readonly partials: boolean;
  readonly #chain: Chain<AsrProvider>;

  constructor(chain: Chain<AsrProvider>) {
    this.#chain = chain;
    this.id = chain.first.engine.id;
    this.partials = chain.options.links.every(({ engine }) => engine.partials);
  }

  async *transcribe(audio: AsyncIterable<PcmFrame>, options: AsrOptions): AsyncGenerator<Transcript> {
    options.signal.throwIfAborted();
    const tape = new AudioTape(audio);
    let more = MORE_PATIENCE;
    const walk = this.#chain.walk(options.signal, () => (tape.ended ? PATIENCE_MS + more * tape.ms : undefined));
    let shown = '';
    try {
      for (let attempt = walk.next(); attempt; attempt = walk.next()) {
        const { engine, signal, link } = attempt;
        const onShow = shown.length;
        tape.onEnd(attempt.wait);
        try {
          for await (const transcript of attempt.read(engine.transcribe(tape.play(), { ...options, signal }))) {
            if (transcript.kind === 'final') {
              attempt.succeeded();
              yield transcript;
              return;
            }
            // Words that are on show do not go away while the next engine catches up.
            if (transcript.text.length < onShow) continue;
            shown = transcript.text;
            yield transcript;
          }
          throw ProviderError.unavailable('asr', `the recogniser ${link.health.engine} gave no final text`);
        } catch (error) {
          walk.failed(attempt, error);
        } finally {
          attempt.close();
        }
        more = MORE_PATIENCE_FROM_TAPE;
      }
      throw walk.failure;
    } finally {
      tape.close();
    }
  }

  close(): Promise<void> {
    return this.#chain.close();
  }
}
