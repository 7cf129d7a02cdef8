import {
  type AsrOptions,
  type AsrProvider,
  FUNASR_MODE,
  type FunAsrMode,
  type PcmFrame,
  ProviderError,
  type Transcript,
} from '../../../contracts/index.ts';
import { type Clock, systemClock } from '../../../kernel/index.ts';
import { primaryLanguage } from '../../language.ts';
import { type BrokenLink, converse, Link, LinkPool } from '../link/index.ts';
import { FunAsrUtterance } from './utterance.ts';

export interface FunAsrOptions {
  /** e.g. `wss://localhost:10095`. */
  readonly url: string;
  readonly mode?: FunAsrMode;
  /** Accepts any certificate: FunASR's servers come with one that nobody has signed, and whose key is public. */
  readonly anyCertificate?: boolean;
  /** PEM of certificates to trust in place of the usual ones. */
  readonly ca?: string;
  /** For a proxy in front that wants one, as a bearer token. */
  readonly apiKey?: string;
  /** Utterances at one time. */
  readonly maxLinks?: number;
  /** ms for the handshake, and after the last audio without an answer. */
  readonly timeoutMs: number;
  readonly clock?: Clock;
}

export const FUNASR_DEFAULTS = { mode: FUNASR_MODE, maxLinks: 64 } as const;

const SERVER = 'the FunASR server';
const UNTRUSTED: readonly unknown[] = [
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
];

/** Recognition by a FunASR runtime server, streamed while the caller speaks. Each utterance has its own connection. */
export class FunAsr implements AsrProvider {
  readonly id = 'funasr';
  readonly partials: boolean;
  readonly #options: FunAsrOptions;
  readonly #clock: Clock;
  readonly #pool: LinkPool;
  #utterances = 0;

  constructor(options: FunAsrOptions) {
    const { url, apiKey, ca, anyCertificate = false, maxLinks = FUNASR_DEFAULTS.maxLinks } = options;
    this.#options = options;
    this.partials = options.mode !== 'offline';
    this.#clock = options.clock ?? systemClock;
    const headers = apiKey ? { authorization: `Bearer ${apiKey}` } : undefined;
    const tls = { ca, rejectUnauthorized: !anyCertificate };
    this.#pool = new LinkPool({
      open: () => Link.open({ url, headers, tls }),
      server: SERVER,
      maxLinks,
      reuseMs: 0, // hot words count once for a connection, and nothing takes back what was sent
      clock: this.#clock,
    });
  }

  transcribe(audio: AsyncIterable<PcmFrame>, options: AsrOptions): AsyncIterable<Transcript> {
    const { mode = FUNASR_DEFAULTS.mode, timeoutMs } = this.#options;
    const language = options.language && primaryLanguage(options.language);
    const name = `parley-${++this.#utterances}`;
    const clock = this.#clock;
    return converse(audio, options, {
      pool: this.#pool,
      dialect: (say) => new FunAsrUtterance({ mode, name, itn: true, language, hints: options.hints, say, clock }),
      server: SERVER,
      explain,
      timeoutMs,
      clock,
    });
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

function explain({ cause }: BrokenLink): ProviderError | undefined {
  if (!UNTRUSTED.includes((cause as { code?: unknown } | undefined)?.code)) return undefined;
  const fix = 'give it a signed one, name the one to trust, or accept any where the network is yours';
  return ProviderError.auth('asr', `${SERVER} has a certificate that is not trusted: ${fix}`, { cause });
}
