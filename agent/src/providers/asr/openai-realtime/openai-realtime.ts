import { OpusLibrary } from '../../../codec/index.ts';
import type {
  AsrOptions,
  AsrProvider,
  AsrSettings,
  OpenAiAccess,
  PcmFrame,
  Transcript,
} from '../../../contracts/index.ts';
import { type Clock, systemClock } from '../../../kernel/index.ts';
import { primaryLanguage } from '../../language.ts';
import { isOpenAiItself } from '../../openai/client.ts';
import { converse, Link, LinkPool } from '../link/index.ts';
import { realtimeUrl } from './protocol.ts';
import { RealtimeUtterance } from './utterance.ts';

export interface OpenAiRealtimeAsrOptions {
  readonly access: OpenAiAccess;
  readonly settings: Required<Pick<AsrSettings, 'model' | 'timeoutMs'>>;
  /** Utterances at one time. */
  readonly maxLinks?: number;
  readonly clock?: Clock;
}

const MAX_LINKS = 64;

/** The others of OpenAI's begin to write when the utterance is over. */
const LIVE_MODEL = /^gpt-(live|realtime)/;
/** OpenAI ends sessions after an hour. */
const REUSE_MS = 40 * 60_000;

/**
 * Recognition by OpenAI's Realtime API, or a compatible server's, streamed while the caller speaks. The package's own
 * socket knows only `wss:` and hides why a server refused it, so of the package only types and errors are used.
 */
export class OpenAiRealtimeAsr implements AsrProvider {
  readonly id = 'openai-realtime';
  readonly partials: boolean;
  readonly #options: OpenAiRealtimeAsrOptions;
  readonly #library: Pick<OpusLibrary, 'resampler'>;
  readonly #clock: Clock;
  readonly #server: string;
  readonly #pool: LinkPool;

  private constructor(options: OpenAiRealtimeAsrOptions, library: Pick<OpusLibrary, 'resampler'>) {
    const { access, settings, maxLinks = MAX_LINKS } = options;
    this.#options = options;
    this.partials = LIVE_MODEL.test(settings.model);
    this.#library = library;
    this.#clock = options.clock ?? systemClock;
    this.#server = isOpenAiItself(access) ? 'OpenAI' : 'the recognition server';
    const headers = access.apiKey ? { authorization: `Bearer ${access.apiKey}` } : undefined;
    this.#pool = new LinkPool({
      open: () => Link.open({ url: realtimeUrl(access, settings.model), headers }),
      server: this.#server,
      maxLinks,
      reuseMs: REUSE_MS,
      clock: this.#clock,
    });
  }

  /** Resolves when the resampler is there; connects at the first utterance. */
  static async load(options: OpenAiRealtimeAsrOptions): Promise<OpenAiRealtimeAsr> {
    return new OpenAiRealtimeAsr(options, await OpusLibrary.load());
  }

  transcribe(audio: AsyncIterable<PcmFrame>, options: AsrOptions): AsyncIterable<Transcript> {
    const { model, timeoutMs } = this.#options.settings;
    const language = options.language && primaryLanguage(options.language);
    const server = this.#server;
    const resampler = this.#library.resampler.bind(this.#library);
    return converse(audio, options, {
      pool: this.#pool,
      dialect: (say) => new RealtimeUtterance({ model, language, hints: options.hints, server, resampler, say }),
      server,
      timeoutMs,
      clock: this.#clock,
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
