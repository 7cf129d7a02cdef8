import type { Clock } from '../observe/index.ts';
import type { LineNews, LineOrder } from '../rooms/index.ts';
import { decodeAudio, msOf } from './audio.ts';
import type { AudioLeg } from './audio-leg.ts';
import type { Conversation, Entry } from './conversation.ts';
import { freshId, RealtimeError, type Send, type UserItem } from './protocol.ts';
import type { SessionConfig } from './session-config.ts';

/** Audio that waits for its commit, in ms; more is refused. */
const MAX_UNCOMMITTED_MS = 300_000;
/** A commit of less is none, in ms. */
const MIN_COMMIT_MS = 100;

export interface InputOptions {
  readonly send: Send;
  readonly conversation: Conversation;
  readonly config: () => SessionConfig;
  /** How the caller's voice comes. */
  readonly by: AudioLeg['by'];
  readonly clock: Clock;
  readonly tell: (order: LineOrder) => void;
  /** Nothing is being recognised any more. */
  readonly onRecognised: () => void;
}

/** Clients want null where words are still to come; the published types do not know it. */
const UNKNOWN = { type: 'input_audio', transcript: null } as unknown as NonNullable<UserItem['content'][number]>;

/** A run of speech that is, or was, a turn. */
interface Speech {
  readonly itemId: string;
  readonly turn: number;
  readonly fromMs: number;
  /** Of the same turn, by items before this one. */
  readonly before: string;
  entry?: Entry;
  text: string;
  told: boolean;
}

/** What the caller says: found by the turn machine, or committed by the client. */
export class InputAudio {
  readonly #options: InputOptions;
  #speech: Speech | undefined;
  #chunks: Int16Array[] = [];
  #waitingMs = 0;
  /** Clock's ms since which what comes by RTP is gathered. */
  #gatheringSince = 0;
  readonly #jobs = new Map<number, { readonly entry: Entry; readonly ms: number }>();
  #jobCount = 0;
  #saidMs = 0;

  constructor(options: InputOptions) {
    this.#options = options;
  }

  /** Words are still to come of what was committed. */
  get recognising(): boolean {
    return this.#jobs.size > 0;
  }

  /** Somebody has the floor. */
  get speaking(): boolean {
    return this.#speech !== undefined && !this.#speech.entry;
  }

  /** How much was said since this was last asked, in ms. */
  takeSaidMs(): number {
    const ms = this.#saidMs;
    this.#saidMs = 0;
    return ms;
  }

  append(audio: string): void {
    if (this.#options.by === 'rtp') {
      const message = "this call's audio comes by its track: nothing can be appended";
      throw new RealtimeError('unsupported_value', message, 'type');
    }
    const { format } = this.#options.config().audio.input;
    const samples = decodeAudio(audio, format);
    if (!this.#manual) {
      this.#options.tell({ do: 'hear', samples });
      return;
    }
    const ms = msOf(samples.length, format);
    if (this.#waitingMs + ms > MAX_UNCOMMITTED_MS) {
      throw new RealtimeError('input_audio_buffer_full', 'commit or clear the audio that was sent', 'audio');
    }
    this.#chunks.push(samples);
    this.#waitingMs += ms;
  }

  /** Where turns are found, the one that is being heard ends by itself: there is nothing to do. */
  commit(): void {
    if (!this.#manual) {
      if (this.#speech && !this.#speech.entry) return;
      throw new RealtimeError('input_audio_buffer_commit_empty', 'nobody is speaking');
    }
    const ms = this.#uncommittedMs;
    if (ms < MIN_COMMIT_MS) {
      throw new RealtimeError(
        'input_audio_buffer_commit_empty',
        `the buffer has ${Math.round(ms)} ms of audio, and a commit takes ${MIN_COMMIT_MS} ms`,
      );
    }
    const samples = this.#options.by === 'rtp' ? undefined : joined(this.#chunks);
    this.#forget();
    const entry = this.#committed(freshId('item'));
    this.recognise(entry, samples, ms);
  }

  /** From now on turns are found in what comes by RTP, or not. */
  findTurns(): void {
    if (this.#options.by !== 'rtp') return;
    this.#options.tell({ do: 'gather', on: this.#manual });
    this.#gatheringSince = this.#options.clock.now();
  }

  clear(): void {
    this.#forget();
    this.#options.tell({ do: 'forget' });
    this.#options.send({ type: 'input_audio_buffer.cleared' });
  }

  /** Its words become what the next response answers. Without samples: what was gathered. */
  recognise(entry: Entry, samples: Int16Array | undefined, ms: number): void {
    const job = ++this.#jobCount;
    entry.pending = '';
    this.#jobs.set(job, { entry, ms });
    this.#saidMs += ms;
    this.#options.tell({ do: 'recognise', job, ...(samples && { samples }) });
  }

  opened(turn: number, atMs = 0): void {
    const before = this.#speech?.turn === turn ? this.#speech.text : '';
    const itemId = freshId('item');
    this.#speech = { itemId, turn, fromMs: atMs, before, text: '', told: false };
    const at = { audio_start_ms: Math.round(atMs), item_id: itemId };
    this.#options.send({ type: 'input_audio_buffer.speech_started', ...at });
  }

  taken(turn: number, atMs = 0): void {
    const speech = this.#stopped(turn, atMs);
    if (!speech) return;
    this.#saidMs += Math.max(0, atMs - speech.fromMs);
    speech.entry = this.#committed(speech.itemId);
    speech.entry.turn = turn;
    if (speech.text !== '') this.#tellWords(speech);
  }

  dropped(turn: number, atMs = 0): void {
    if (this.#stopped(turn, atMs)) this.#speech = undefined;
  }

  /** `text`: of the whole turn. */
  words(turn: number, text: string, final: boolean): void {
    const speech = this.#speech;
    if (speech?.turn !== turn) return;
    speech.text = text;
    if (final && speech.entry) this.#tellWords(speech);
  }

  /** Of what was committed. */
  recognised(news: Extract<LineNews, { kind: 'recognised' | 'unrecognised' }>): void {
    const job = this.#jobs.get(news.job);
    if (!job) return;
    this.#jobs.delete(news.job);
    const { entry, ms } = job;
    const at = { item_id: entry.item.id, content_index: 0 };
    if (news.kind === 'recognised') {
      entry.pending = news.text;
      this.#complete(entry, news.text, ms);
    } else {
      delete entry.pending;
      const error = { type: 'server_error', code: 'transcription_failed', message: news.message };
      this.#options.send({ type: 'conversation.item.input_audio_transcription.failed', ...at, error });
    }
    if (!this.recognising) this.#options.onRecognised();
  }

  get #manual(): boolean {
    return this.#options.config().audio.input.turn_detection === null;
  }

  /** What comes by RTP never rests. */
  get #uncommittedMs(): number {
    const { by, clock } = this.#options;
    return by === 'rtp' ? Math.min(clock.now() - this.#gatheringSince, MAX_UNCOMMITTED_MS) : this.#waitingMs;
  }

  #forget(): void {
    this.#chunks = [];
    this.#waitingMs = 0;
    this.#gatheringSince = this.#options.clock.now();
  }

  #stopped(turn: number, atMs: number): Speech | undefined {
    const speech = this.#speech;
    if (speech?.turn !== turn || speech.entry) return undefined;
    const at = { audio_end_ms: Math.round(Math.max(atMs, speech.fromMs)), item_id: speech.itemId };
    this.#options.send({ type: 'input_audio_buffer.speech_stopped', ...at });
    return speech;
  }

  #committed(id: string): Entry {
    const { send, conversation } = this.#options;
    const item: UserItem & { id: string } = {
      id,
      object: 'realtime.item',
      type: 'message',
      role: 'user',
      status: 'completed',
      content: [UNKNOWN],
    };
    const entry: Entry = { item };
    const before = conversation.add(entry);
    send({ type: 'input_audio_buffer.committed', item_id: id, previous_item_id: before });
    send({ type: 'conversation.item.added', item, previous_item_id: before });
    send({ type: 'conversation.item.done', item, previous_item_id: before });
    return entry;
  }

  #tellWords(speech: Speech): void {
    const { text, before, entry, told, fromMs } = speech;
    if (told || !entry) return;
    speech.told = true;
    const own = text.startsWith(before) ? text.slice(before.length).trim() : text;
    this.#complete(entry, own, this.#saidMs || fromMs);
  }

  #complete(entry: Entry, transcript: string, ms: number): void {
    const { send, config } = this.#options;
    const item = entry.item as UserItem & { id: string };
    entry.item = { ...item, content: [{ type: 'input_audio', transcript }] };
    if (config().audio.input.transcription === null) return;
    const at = { item_id: item.id, content_index: 0 };
    if (transcript !== '') {
      send({ type: 'conversation.item.input_audio_transcription.delta', ...at, delta: transcript });
    }
    const usage = { type: 'duration', seconds: ms / 1000 } as const;
    send({ type: 'conversation.item.input_audio_transcription.completed', ...at, transcript, usage });
  }
}

function joined(chunks: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
