import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type {
  AddedMessage,
  AgentHost,
  AgentHostOptions,
  AgentSession,
  ClientTool,
  ClientToolResult,
  EarRtp,
  EngineChoice,
  LineNews,
  LineOrder,
  LineSettings,
  MouthRtp,
  OfferedVoice,
  RtpAddress,
  SampleOrder,
  SayOrder,
  SessionEvent,
  SessionOrder,
  SessionSettings,
  SpeechSettings,
  VoiceSample,
} from '@parley/agent';
import { Inbox } from './inbox.ts';

const CHOICES: readonly EngineChoice[] = [
  { stage: 'vad', engine: 'silero-v6', reason: 'bundled', lite: false },
  { stage: 'asr', engine: 'fake', reason: 'a test', lite: true },
  { stage: 'llm', engine: 'fake', reason: 'a test', lite: true },
  { stage: 'tts', engine: 'fake', reason: 'a test', lite: true },
];

const VOICES: readonly OfferedVoice[] = [
  { id: 'fake:anna', name: 'Anna', language: 'de-DE', gender: 'female', engine: 'fake', emotions: ['happy'] },
  { id: 'fake:all', name: 'All', language: 'mul', engine: 'fake', emotions: [] },
];

/** A sample that was asked for: 24 kHz, ten samples of each character, when it is let go. */
export interface FakeSample {
  readonly order: SampleOrder;
  readonly signal: AbortSignal;
  letGo(failure?: Error): void;
}

/** What the server has told a session, in order. */
export type Told =
  | { readonly what: 'mouth'; readonly mouth: MouthRtp }
  | { readonly what: 'joined'; readonly callerId: string; readonly name: string | undefined }
  | { readonly what: 'left'; readonly callerId: string }
  | { readonly what: 'away'; readonly callerId: string }
  | { readonly what: 'back'; readonly callerId: string; readonly unheardMs: number }
  | { readonly what: 'ear'; readonly ear: EarRtp }
  | { readonly what: 'ear-gone'; readonly callerId: string }
  | { readonly what: 'line'; readonly line: LineSettings; readonly tell: (news: LineNews) => void }
  | { readonly what: 'line-order'; readonly callerId: string; readonly order: LineOrder }
  | { readonly what: 'playing'; readonly callerId: string }
  | { readonly what: 'playout'; readonly callerId: string; readonly delayMs: number }
  | { readonly what: 'text'; readonly callerId: string; readonly text: string }
  | { readonly what: 'interrupt' }
  | { readonly what: 'announce'; readonly order: SayOrder }
  | { readonly what: 'instruct'; readonly instructions: string }
  | { readonly what: 'message'; readonly message: AddedMessage; readonly reply: boolean }
  | { readonly what: 'speak-as'; readonly speech: SpeechSettings }
  | { readonly what: 'ask'; readonly callerId: string }
  | { readonly what: 'tools'; readonly callerId: string; readonly tools: readonly ClientTool[] }
  | { readonly what: 'tool-result'; readonly callerId: string; readonly result: ClientToolResult }
  | { readonly what: 'close'; readonly reason: 'room-closed' | 'shutdown' };

/** An agent host without an agent: real sockets, and a record of what it was told. */
export class FakeHost implements AgentHost {
  readonly choices = CHOICES;
  health: AgentHost['health'] = [];
  pace: AgentHost['pace'] = { busy: 0, lateMs: 0 };
  readonly options: AgentHostOptions;
  readonly sessions = new Inbox<FakeSession>();
  readonly samples = new Inbox<FakeSample>();
  /** How often the voices were asked for. */
  listed = 0;
  readonly #open = new Set<FakeSession>();
  readonly #mourners: ((error: Error) => void)[] = [];
  #gone = false;

  constructor(options: AgentHostOptions) {
    this.options = options;
  }

  get load(): number {
    return this.#open.size;
  }

  async open(options: SessionOrder): Promise<AgentSession> {
    if (this.#gone) throw new Error('the host is gone');
    const session = await FakeSession.bind(options, () => this.#open.delete(session));
    this.#open.add(session);
    this.sessions.put(session);
    return session;
  }

  async voices(): Promise<readonly OfferedVoice[]> {
    this.listed++;
    return VOICES;
  }

  sample(order: SampleOrder, { signal }: { signal: AbortSignal }): Promise<VoiceSample> {
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      const sample = { rate: 24_000, samples: new Int16Array(10 * (order.text?.length ?? 1)).fill(1000) };
      this.samples.put({
        order,
        signal,
        letGo: (failure) => (failure ? reject(failure) : resolve(sample)),
      });
    });
  }

  onDeath(fn: (error: Error) => void): void {
    this.#mourners.push(fn);
  }

  /** As if the thread had crashed. */
  async die(): Promise<void> {
    await this.close();
    for (const fn of this.#mourners) fn(new Error('killed by a test'));
  }

  async close(): Promise<void> {
    this.#gone = true;
    await Promise.all([...this.#open].map((session) => session.close('shutdown')));
  }
}

export class FakeSession implements AgentSession {
  readonly id: string;
  readonly settings: SessionSettings;
  readonly order: SessionOrder;
  readonly told = new Inbox<Told>();
  /** RTP and RTCP that came to the session's socket. */
  readonly packets = new Inbox<Buffer>();
  readonly #socket: Socket;
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #onClose: () => void;
  #mouth: MouthRtp | undefined;
  #closing: Promise<void> | undefined;

  private constructor(socket: Socket, options: SessionOrder, onClose: () => void) {
    this.id = options.id;
    this.order = options;
    this.settings = options.settings;
    this.#socket = socket;
    this.#onEvent = options.onEvent;
    this.#onClose = onClose;
  }

  static async bind(options: SessionOrder, onClose: () => void): Promise<FakeSession> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    const session = new FakeSession(socket, options, onClose);
    socket.on('message', (packet) => session.packets.put(packet));
    return session;
  }

  get address(): RtpAddress {
    const { address, port } = this.#socket.address() as AddressInfo;
    return { ip: address, port };
  }

  connectMouth(mouth: MouthRtp): void {
    this.#mouth = mouth;
    this.told.put({ what: 'mouth', mouth });
  }

  callerJoined(callerId: string, name?: string): void {
    this.told.put({ what: 'joined', callerId, name });
  }

  callerLeft(callerId: string): void {
    this.told.put({ what: 'left', callerId });
  }

  callerAway(callerId: string): void {
    this.told.put({ what: 'away', callerId });
  }

  callerBack(callerId: string, unheardMs: number): void {
    this.told.put({ what: 'back', callerId, unheardMs });
  }

  addEar(ear: EarRtp): void {
    this.told.put({ what: 'ear', ear });
  }

  removeEar(callerId: string): void {
    this.told.put({ what: 'ear-gone', callerId });
  }

  openLine(line: LineSettings, tell: (news: LineNews) => void): void {
    this.told.put({ what: 'line', line, tell });
  }

  tellLine(callerId: string, order: LineOrder): void {
    this.told.put({ what: 'line-order', callerId, order });
  }

  callerPlaying(callerId: string): void {
    this.told.put({ what: 'playing', callerId });
  }

  callerPlayout(callerId: string, delayMs: number): void {
    this.told.put({ what: 'playout', callerId, delayMs });
  }

  text(callerId: string, text: string): void {
    this.told.put({ what: 'text', callerId, text });
  }

  interrupt(): void {
    this.told.put({ what: 'interrupt' });
  }

  announce(order: SayOrder): void {
    this.told.put({ what: 'announce', order });
  }

  instruct(instructions: string): void {
    this.told.put({ what: 'instruct', instructions });
  }

  addMessage(message: AddedMessage, { reply }: { reply: boolean }): void {
    this.told.put({ what: 'message', message, reply });
  }

  speakAs(speech: SpeechSettings): void {
    this.told.put({ what: 'speak-as', speech });
  }

  ask(callerId: string): void {
    this.told.put({ what: 'ask', callerId });
  }

  offerTools(callerId: string, tools: readonly ClientTool[]): void {
    this.told.put({ what: 'tools', callerId, tools });
  }

  toolResult(callerId: string, result: ClientToolResult): void {
    this.told.put({ what: 'tool-result', callerId, result });
  }

  close(reason: 'room-closed' | 'shutdown'): Promise<void> {
    return (this.#closing ??= this.#shut(reason));
  }

  /** As if the session had something to tell. */
  emit(event: SessionEvent): void {
    this.#onEvent(event);
  }

  /** Sends a packet as the agent's voice. */
  speak(packet: Buffer): void {
    if (!this.#mouth) throw new TypeError('the mouth is not connected');
    this.#socket.send(packet, this.#mouth.remote.port, this.#mouth.remote.ip);
  }

  async #shut(reason: 'room-closed' | 'shutdown'): Promise<void> {
    this.told.put({ what: 'close', reason });
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
    this.#onClose();
  }
}
