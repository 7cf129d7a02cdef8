import type { Clock } from '../observe/index.ts';
import type { ClientToolResult, LineNews, LineOrder } from '../rooms/index.ts';
import type { Conversation, Entry } from './conversation.ts';
import type { InputAudio } from './input.ts';
import { Manner } from './manner.ts';
import { type AssistantItem, freshId, RealtimeError, type Send } from './protocol.ts';
import { Requests, type ResponseOrder } from './requests.ts';
import { type Ending, Response, type VoiceFrame } from './response.ts';
import type { SessionConfig } from './session-config.ts';

/** After the last call of an answer, in ms: several come together, and what was said before them is to end. */
const BATCH_MS = 20;
const QUIET_MS = 150;
/** What is announced is waited for at most so long, in ms. */
const ANNOUNCED_MS = 3000;
/** Frames of 20 ms that wait while the client runs functions; the oldest go first. */
const MAX_HELD_FRAMES = 500;
/** A client that cancels what has just been cut is not told that it comes late, in ms. */
const LATE_CANCEL_MS = 2000;
/** Calls whose output may still come; the oldest go first. */
const MOST_CALLS = 100;

/** What the session does for its room. */
export interface AgentLink {
  text(text: string): void;
  ask(): void;
  interrupt(): void;
  instruct(instructions: string): void;
  toolResult(result: ClientToolResult): void;
  tell(order: LineOrder): void;
}

export interface RepliesOptions {
  readonly send: Send;
  readonly conversation: Conversation;
  readonly config: () => SessionConfig;
  readonly input: InputAudio;
  readonly agent: AgentLink;
  readonly clock: Clock;
}

interface Call {
  readonly call: string;
  output?: string;
  /** The answer that made it is gone. */
  late: boolean;
}

/** An answer that waits for the client to run functions. */
interface Parked {
  readonly reply: number;
  readonly turn: number;
  readonly said: { readonly text: string; readonly ms: number };
  /** What it says meanwhile waits: its voice, or what it writes. */
  readonly voice: VoiceFrame[];
  readonly written: boolean;
  text: string;
}

/** The agent's answers as responses: at most one at a time. */
export class Replies {
  readonly #options: RepliesOptions;
  readonly #calls = new Map<string, Call>();
  readonly #shortened: { readonly entry: Entry; readonly ms: number; readonly eventId: string | undefined }[] = [];
  #response: Response | undefined;
  #turn = 0;
  #parked: Parked | undefined;
  readonly #requests = new Requests();
  readonly #manner: Manner;
  /** It says something before its functions run, which has not begun. */
  #announced = false;
  #cancelled = false;
  #cutAt = Number.NEGATIVE_INFINITY;
  #cancelSettle: (() => void) | undefined;

  constructor(options: RepliesOptions) {
    this.#options = options;
    this.#manner = new Manner(options);
  }

  /** The session is set anew. */
  reset(): void {
    this.#manner.follow(this.#requests.order);
  }

  create(order: ResponseOrder): void {
    if (order.conversation === 'none' || order.input) {
      throw new RealtimeError(
        'unsupported_value',
        'responses are part of the conversation here',
        'response.conversation',
      );
    }
    if (this.#response || this.#requests.order) {
      throw new RealtimeError('conversation_already_has_active_response', 'a response is in progress');
    }
    this.#manner.follow(order);
    if (this.#parked) {
      this.#goOn(this.#parked, order);
      return;
    }
    this.#requests.put(order);
    this.ask();
  }

  /** Asks for what was asked for, unless words are still to come; called again when they are there. */
  ask(): void {
    const { input, conversation, agent } = this.#options;
    if (!this.#requests.order || input.recognising) return;
    this.#requests.passedOn();
    const pending = conversation.pending;
    for (const entry of pending) entry.turn = this.#turn + 1;
    const text = pending.map((entry) => entry.pending).join('\n');
    for (const entry of pending) delete entry.pending;
    if (text.trim() === '') agent.ask();
    else agent.text(text);
  }

  /** Nothing more is said of what is being said, if anything is; what is being written goes on. */
  hush(): void {
    if (this.#response?.written) return;
    if (this.#response || this.#requests.order) this.cancel();
  }

  cancel(): void {
    if (this.#response || this.#requests.order) {
      // Who has taken the floor has cut it already.
      this.#cancelled = !this.#options.input.speaking;
      this.#requests.withdraw();
      if (!this.#cancelled) this.#requests.floorTaken();
      this.#options.agent.interrupt();
      if (!this.#response) this.#manner.follow(undefined);
    } else if (this.#options.clock.now() - this.#cutAt > LATE_CANCEL_MS) {
      throw new RealtimeError('response_cancel_not_active', 'no response is in progress');
    }
  }

  /** What was taken back meanwhile begins no more. */
  floorTaken(): void {
    this.#requests.floorTaken();
  }

  began({ turn, reply, written }: Extract<LineNews, { kind: 'reply-began' }>): void {
    this.#unpark();
    const { order, withdrawn } = this.#requests.began();
    this.#cancelled = withdrawn;
    this.#turn = turn;
    this.#open({ reply, said: { text: '', ms: 0 }, written: written === true }, order);
  }

  voice(frame: VoiceFrame): void {
    const { voice } = this.#parked ?? {};
    if (voice) {
      voice.push(frame);
      if (voice.length > MAX_HELD_FRAMES) voice.shift();
      return;
    }
    this.#response?.voice(frame);
    this.#spoke();
  }

  wrote(reply: number, text: string): void {
    if (this.#parked?.reply === reply) this.#parked.text += text;
    if (this.#response?.reply !== reply) return;
    this.#response.wrote(text);
    this.#spoke();
  }

  heard(reply: number, text: string): void {
    if (this.#response?.reply === reply) this.#response.heard(text);
  }

  over(reply: number, status: 'done' | 'cut' | 'failed', failure?: string): void {
    if (this.#parked?.reply === reply) this.#unpark();
    const response = this.#response;
    if (response?.reply !== reply) return;
    const cut: Ending = this.#cancelled ? 'client_cancelled' : 'turn_detected';
    if (status === 'cut') this.#cutAt = this.#options.clock.now();
    this.#end(response, status === 'done' ? 'completed' : status === 'failed' ? 'failed' : cut, failure);
    for (const call of this.#calls.values()) this.#late(call);
  }

  toolsCalled(announced: boolean): void {
    this.#announced = announced && !this.#response?.spoken;
  }

  call(call: string, name: string, args: string): void {
    const callId = freshId('call');
    this.#calls.set(callId, { call, late: false });
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > MOST_CALLS && oldest !== undefined) this.#calls.delete(oldest);
    this.#response?.call(name, callId, args);
    this.#settle();
  }

  /** Throws a RealtimeError where there is no such call. */
  assertCalled(callId: string): void {
    if (!this.#calls.has(callId)) {
      throw new RealtimeError('invalid_tool_call_id', `no output is waited for from ${callId}`, 'item.call_id');
    }
  }

  output(callId: string, output: string): void {
    const call = this.#calls.get(callId);
    if (!call) return;
    call.output = output;
    if (!call.late) return;
    this.#calls.delete(callId);
    this.#options.agent.toolResult({ call: call.call, result: output });
  }

  /** The turn that it waited for was nothing. */
  turnDropped(): void {
    this.ask();
  }

  /** The caller has heard no more of this item. Answered when it is known what is left of its words. */
  truncate(entry: Entry, ms: number, eventId: string | undefined): void {
    const { voice, item } = entry;
    if (!voice) throw new RealtimeError('invalid_value', 'only the voice of the agent can be truncated', 'item_id');
    if (ms > Math.ceil(voice.sentMs)) {
      const message = `audio content of ${Math.round(voice.sentMs)} ms is already shorter than ${ms} ms`;
      throw new RealtimeError('invalid_value', message, 'audio_end_ms');
    }
    if (this.#response?.isOf(item.id)) this.cancel();
    this.#shortened.push({ entry, ms, eventId });
    this.#options.agent.tell({ do: 'shorten', reply: voice.reply, heardMs: voice.fromMs + ms });
  }

  /** What is left of the words of the reply that was shortened first; undefined where nobody knows any more. */
  shortened(text: string | undefined): void {
    const next = this.#shortened.shift();
    if (!next) return;
    const { entry, ms } = next;
    const item = entry.item as AssistantItem & { id: string };
    const transcript = text?.slice(entry.voice?.fromText ?? 0).trim() ?? item.content[0]?.transcript ?? '';
    entry.item = { ...item, status: 'incomplete', content: [{ type: 'output_audio', transcript }] };
    const at = { item_id: item.id, content_index: 0, audio_end_ms: ms };
    this.#options.send({ type: 'conversation.item.truncated', ...at });
  }

  close(): void {
    this.#cancelSettle?.();
  }

  #open({ reply, said, written }: Pick<Parked, 'reply' | 'said' | 'written'>, order: ResponseOrder | undefined): void {
    const { send, conversation, config, input } = this.#options;
    const metadata = order?.metadata ?? null;
    const heardMs = input.takeSaidMs();
    const turn = this.#turn;
    const made = { send, conversation, config: config(), reply, turn, before: said, heardMs, metadata };
    this.#response = new Response({ ...made, written });
  }

  #end(response: Response, ending: Ending, failure?: string): void {
    this.#cancelSettle?.();
    this.#cancelSettle = undefined;
    this.#response = undefined;
    response.end(ending, failure);
    this.#manner.follow(this.#requests.order);
  }

  /** More may follow of an answer that has called functions. */
  #spoke(): void {
    this.#announced = false;
    if (this.#cancelSettle) this.#settle();
  }

  /** The answer has called functions: its response is over when no more come, and nothing more is said. */
  #settle(): void {
    this.#cancelSettle?.();
    const ms = this.#announced ? ANNOUNCED_MS : this.#response?.spoken ? QUIET_MS : BATCH_MS;
    this.#cancelSettle = this.#options.clock.after(ms, () => this.#park());
  }

  #park(): void {
    const response = this.#response;
    if (!response) return;
    const { reply, said, written } = response;
    this.#parked = { reply, turn: this.#turn, said, written, voice: [], text: '' };
    this.#end(response, 'completed');
  }

  #goOn(parked: Parked, order: ResponseOrder): void {
    const { agent } = this.#options;
    const { reply, voice, text } = parked;
    this.#parked = undefined;
    this.#cancelled = false;
    this.#open(parked, order);
    for (const frame of voice) this.voice(frame);
    if (text !== '') this.wrote(reply, text);
    for (const { call, output } of this.#calls.values()) {
      agent.toolResult(output === undefined ? { call, error: 'it gave no output' } : { call, result: output });
    }
    this.#calls.clear();
  }

  /** The answer that waited is gone. */
  #unpark(): void {
    this.#parked = undefined;
    for (const call of this.#calls.values()) this.#late(call);
  }

  /** What came of it is for a later answer to know. */
  #late(call: Call): void {
    if (call.late) return;
    call.late = true;
    if (call.output !== undefined) this.#options.agent.toolResult({ call: call.call, result: call.output });
  }
}
