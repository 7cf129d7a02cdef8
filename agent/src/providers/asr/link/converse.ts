import {
  type AsrOptions,
  durationMs,
  type PcmFrame,
  ProviderError,
  type Transcript,
} from '../../../contracts/index.ts';
import { abortable, Channel, type Clock } from '../../../kernel/index.ts';
import { Deadline } from '../../deadline.ts';
import { AudioTape } from '../../fallback/audio-tape.ts';
import { toProviderError } from '../../openai/errors.ts';
import { markRepeated } from '../../repeated.ts';
import { BrokenLink, type Link, type Outgoing } from './link.ts';
import type { LinkPool } from './pool.ts';

/** What a server wants to hear and what it means, for one utterance on one link. */
export interface Dialect {
  /** Before the audio, which has `rate` Hz. Throws ProviderError where it is not taken. */
  begin(rate: number): Iterable<Outgoing>;
  audio(samples: Int16Array): Iterable<Outgoing>;
  end(): Iterable<Outgoing>;
  /** One message of the server. Throws ProviderError for one that ends it all. */
  hear(text: string): void;
  close(): void;
}

export interface Conversing {
  readonly pool: LinkPool;
  /** Tells each transcript to `say`. */
  readonly dialect: (say: (transcript: Transcript) => void) => Dialect;
  /** What people call the other side. */
  readonly server: string;
  /** What to do about a connection that is not to be had, where more is known than that. */
  readonly explain?: (error: BrokenLink) => ProviderError | undefined;
  /** ms for the handshake, and after the last audio without a message. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Nobody says a word in less, and OpenAI refuses it. */
const MIN_UTTERANCE_MS = 100;
/** Partials that nobody has read yet; the oldest is worth least. */
const MAX_WAITING = 32;

/** One utterance over a link: streamed while it is spoken, and once more from its start where the link breaks. */
export async function* converse(
  audio: AsyncIterable<PcmFrame>,
  { signal }: AsrOptions,
  options: Conversing,
): AsyncGenerator<Transcript> {
  signal.throwIfAborted();
  const tape = new AudioTape(audio);
  try {
    if (!(await isLongEnough(tape, signal))) {
      yield { kind: 'final', text: '' };
      return;
    }
    try {
      yield* attempt(tape, signal, options, false);
    } catch (error) {
      if (!(error instanceof BrokenLink) || !error.wasOpen) throw asProviderError(error, options);
      yield* again(tape, signal, options);
    }
  } finally {
    tape.close();
  }
}

async function* again(tape: AudioTape, signal: AbortSignal, options: Conversing): AsyncGenerator<Transcript> {
  try {
    yield* attempt(tape, signal, options, true);
  } catch (error) {
    throw error instanceof BrokenLink ? markRepeated(asProviderError(error, options)) : error;
  }
}

async function* attempt(
  tape: AudioTape,
  signal: AbortSignal,
  options: Conversing,
  fresh: boolean,
): AsyncGenerator<Transcript> {
  const { pool, timeoutMs, clock } = options;
  const deadline = new Deadline({ stage: 'asr', ms: timeoutMs, parent: signal, clock });
  const heard = new Channel<Transcript>({ capacity: MAX_WAITING, overflow: 'drop-oldest' });
  const dialect = options.dialect((transcript) => {
    heard.push(transcript);
    if (transcript.kind === 'final') heard.end(); // a server may hang up right after it
  });
  let link: Link | undefined;
  let finished = false;
  try {
    link = await pool.take(deadline.signal, fresh);
    deadline.pause();
    let allSent = false;
    link.listen({
      onMessage: (text) => {
        if (allSent) deadline.touch();
        try {
          dialect.hear(text);
        } catch (error) {
          heard.fail(error);
        }
      },
      onBroken: (error) => heard.fail(error),
    });
    void send(tape, link, dialect, deadline).then(
      () => {
        allSent = true;
        deadline.touch();
      },
      (error) => heard.fail(error),
    );
    for await (const transcript of abortable(heard, deadline.signal)) {
      finished = transcript.kind === 'final';
      if (finished) deadline.pause();
      yield transcript;
      if (finished) return;
    }
  } finally {
    deadline.close();
    dialect.close();
    if (link && finished) pool.give(link);
    else if (link) pool.drop(link);
  }
}

/** Resolves when all audio and the end mark are sent. */
async function send(tape: AudioTape, link: Link, dialect: Dialect, deadline: Deadline): Promise<void> {
  const { signal } = deadline;
  let rate = 0;
  const sendAll = async (messages: Iterable<Outgoing>): Promise<void> => {
    for (const message of messages) await link.send(message, signal);
  };
  for await (const frame of abortable(tape.play(), signal)) {
    if (rate === 0) await sendAll(dialect.begin(frame.rate));
    else if (frame.rate !== rate) throw ProviderError.unsupported('asr', 'an utterance has one sample rate');
    rate = frame.rate;
    await sendAll(dialect.audio(frame.samples));
  }
  await sendAll(dialect.end());
}

async function isLongEnough(tape: AudioTape, signal: AbortSignal): Promise<boolean> {
  let ms = 0;
  for await (const { samples, rate } of abortable(tape.play(), signal)) {
    ms += durationMs(samples.length, rate);
    if (ms >= MIN_UTTERANCE_MS) return true;
  }
  return false;
}

function asProviderError(error: unknown, { server, explain }: Conversing): unknown {
  if (!(error instanceof BrokenLink)) return error;
  const explained = explain?.(error);
  if (explained) return explained;
  if (error.cause) return toProviderError('asr', server, error.cause);
  return ProviderError.unavailable('asr', `${server} ${error.message}`, { cause: error });
}
