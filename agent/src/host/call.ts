import type { OpusLibrary } from '../codec/index.ts';
import {
  type AddedMessage,
  type AsrProvider,
  type ClientTool,
  type ClientToolResult,
  type EarRtp,
  FRAME_MS,
  type LineNews,
  type LineOrder,
  type LineSettings,
  type LlmProvider,
  type MouthRtp,
  type PcmFrame,
  type RtpAddress,
  type SayOrder,
  type SessionEvent,
  type SessionSettings,
  type SpeechSettings,
  type TtsProvider,
  type TurnDetector,
} from '../contracts/index.ts';
import { EchoGate, EchoVerdict, type Hearing } from '../hearing/index.ts';
import { type Clock, type CloseReason, Scope } from '../kernel/index.ts';
import { RtpSocket, type Ticker } from '../rtp/index.ts';
import { Ear } from '../session/ear.ts';
import { EarlyOnset } from '../session/early-onset.ts';
import type { LeavingVoice } from '../session/leaving-voice.ts';
import { Listener } from '../session/listener.ts';
import { RtpMouth } from '../session/mouth.ts';
import { PcmEar } from '../session/pcm-ear.ts';
import { Session } from '../session/session.ts';
import type { ToolSource } from '../tools/index.ts';
import type { HostLog } from './contract.ts';
import { Line } from './line.ts';
import { Lines } from './lines.ts';

/** What all calls of one thread share. */
export interface HostParts {
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly library: OpusLibrary;
  readonly hearing: Hearing;
  readonly tools: ToolSource;
  readonly log: HostLog;
  readonly engines: {
    readonly asr: AsrProvider;
    readonly llm: LlmProvider;
    readonly tts: TtsProvider;
    readonly turn?: TurnDetector;
  };
}

/** Silence sent before the first word, so that the listener's jitter buffer has settled when it comes, in ms. */
const WARM_UP_MS = 1000;

/** The agent's voice that the echo gate must have heard to know whether a line brings it back, in ms. */
const ECHO_UNKNOWN_MS = 1500;

interface Caller {
  readonly scope: Scope;
  readonly listener: Listener;
  /** A frame of the agent's voice has left. */
  readonly hearsAgent: EchoGate['sent'];
}

/** One session with its own socket: RTP in and out around the conversation. */
export class Call {
  readonly address: RtpAddress;
  readonly #parts: HostParts;
  readonly #settings: SessionSettings;
  readonly #emit: (event: SessionEvent) => void;
  readonly #socket: RtpSocket;
  readonly #scope: Scope;
  readonly #callers = new Map<string, Caller>();
  readonly #lines = new Lines();
  #mouth: RtpMouth | undefined;
  #session: Session | undefined;

  private constructor(
    parts: HostParts,
    options: { id: string; settings: SessionSettings; emit: (event: SessionEvent) => void },
    socket: RtpSocket,
  ) {
    this.#parts = parts;
    this.#settings = options.settings;
    this.#emit = options.emit;
    this.#socket = socket;
    this.address = socket.address;
    this.#scope = new Scope(options.id);
    this.#scope.onClose(() => socket.close());
  }

  static async open(
    parts: HostParts,
    options: { id: string; settings: SessionSettings; emit: (event: SessionEvent) => void },
  ): Promise<Call> {
    return new Call(parts, options, await RtpSocket.open({ ip: '127.0.0.1' }));
  }

  /** From now on the agent can speak, and callers can be added. */
  connectMouth(rtp: MouthRtp): void {
    if (this.#session || this.#scope.closed) return;
    const { clock, ticker, library, engines, tools, log } = this.#parts;
    const onVoice = (voice: LeavingVoice, at: number): void => {
      for (const caller of this.#callers.values()) caller.hearsAgent(voice.samples, voice.rate, at);
      this.#lines.say(voice);
    };
    const mouth = new RtpMouth({ rtp, socket: this.#socket, library, ticker, clock, onVoice });
    this.#scope.onClose(() => mouth.close());
    this.#mouth = mouth;
    this.#session = new Session({
      scope: this.#scope.child('session'),
      clock,
      mouth,
      llm: engines.llm,
      tts: engines.tts,
      ...(engines.turn ? { turnDetector: engines.turn } : {}),
      tools,
      log,
      settings: this.#settings,
      emit: this.#emit,
      onNews: this.#lines.tell,
    });
  }

  callerJoined(callerId: string, name?: string): void {
    this.#session?.callerJoined(callerId, name);
  }

  callerLeft(callerId: string): void {
    this.removeEar(callerId);
    this.#lines.remove(callerId);
    this.#session?.callerLeft(callerId);
  }

  callerAway(callerId: string): void {
    this.#session?.callerAway(callerId);
  }

  callerBack(callerId: string, unheardMs: number): void {
    this.#session?.callerBack(callerId, unheardMs);
  }

  addEar(rtp: EarRtp): void {
    const { clock, ticker, library } = this.#parts;
    const hearing = this.#listen(rtp.callerId, (at) => sampleAt(at, ear.arrivedAt(at)));
    if (!hearing) return;
    const { scope, session, listener, onFrame } = hearing;
    const early = new EarlyOnset(() => session.stirs(listener));
    const ear: Ear = new Ear({
      ear: rtp,
      library,
      ticker,
      clock,
      onFrame: (frame) => onFrame(frame, ear.arrivedAt(frame.at)),
      // Only where there is a voice to soften.
      onArrival: (samples) => (session.speaks ? early.receive(samples) : early.pause()),
    });
    scope.onClose(() => ear.close());
    scope.onClose(this.#socket.route(rtp.ssrc, (packet) => ear.receive(packet)));
  }

  /** The agent hears this caller, and speaks to it, by plain PCM; or by RTP, and only tells it of the conversation here. */
  openLine({ callerId, rate, voiceRate, byRtp }: LineSettings, tell: (news: LineNews) => void): void {
    const { clock, ticker, library, engines } = this.#parts;
    const { language } = this.#settings;
    const made = { rate, voiceRate, library, asr: engines.asr, tell, ...(language && { language }) };
    if (byRtp) {
      const line = new Line({ ...made, byRtp, scope: this.#scope });
      this.#lines.add(callerId, { line, ear: this.#lines.trackOf(callerId), tell });
      return;
    }
    const hearing = this.#listen(callerId, (at) => pcmSampleAt(at, ear.arrivedAt(at)));
    if (!hearing) return;
    const { scope, onFrame } = hearing;
    const ear: PcmEar = new PcmEar({ ticker, clock, onFrame: (frame) => onFrame(frame, ear.arrivedAt(frame.at)) });
    const line = new Line({ ...made, scope });
    this.#lines.add(callerId, { line, ear, tell });
    scope.onClose(() => {
      ear.close();
      this.#lines.remove(callerId);
    });
  }

  tellLine(callerId: string, order: LineOrder): void {
    this.#lines.order(callerId, order, this.#session);
  }

  /** What is between a caller's frames and the conversation, whichever way they come. */
  #listen(callerId: string, arrivalOf: (at: number) => number | undefined) {
    const session = this.#session;
    if (!session || this.#scope.closed) return undefined;
    this.removeEar(callerId);
    const { clock, hearing, engines } = this.#parts;
    const scope = this.#scope.child(`caller-${callerId}`);
    const echo = new EchoGate();
    const verdict = new EchoVerdict();
    let voicedMs = 0;
    const listener = new Listener({
      callerId,
      asr: engines.asr,
      ...(this.#settings.language ? { language: this.#settings.language } : {}),
      scope,
      openGate: (onEvent) => hearing.openGate({ onEvent }),
      arrivalOf: (at) => arrivalOf(at) ?? clock.now(),
      keepsAudio: engines.turn !== undefined,
      isEcho: () => verdict.isEcho(clock.now()),
      mayEcho: () => verdict.returns || voicedMs < ECHO_UNKNOWN_MS,
      handlers: session.ears,
    });
    const onFrame = (frame: PcmFrame, arrivedAt: number | undefined): void => {
      verdict.hear(echo.judge(frame, arrivedAt ?? clock.now()), clock.now());
      listener.push(this.#lines.listenedTo(callerId, frame));
    };
    const hearsAgent: Caller['hearsAgent'] = (samples, rate, at) => {
      voicedMs += FRAME_MS;
      echo.sent(samples, rate, at);
    };
    this.#callers.set(callerId, { scope, listener, hearsAgent });
    return { scope, session, listener, onFrame };
  }

  removeEar(callerId: string): void {
    const caller = this.#callers.get(callerId);
    if (!caller) return;
    this.#callers.delete(callerId);
    void caller.scope.close('peer-left');
    this.#session?.earClosed(caller.listener);
  }

  callerPlaying(): void {
    this.#mouth?.warmUp(WARM_UP_MS);
    this.#session?.callerPlaying();
  }

  callerPlayout(callerId: string, delayMs: number): void {
    if (this.#callers.has(callerId)) this.#session?.callerPlayout(callerId, delayMs);
  }

  text(callerId: string, text: string): void {
    this.#session?.text(callerId, text);
  }

  interrupt(): void {
    this.#session?.interrupt();
  }

  announce(order: SayOrder): void {
    this.#session?.announce(order);
  }

  instruct(instructions: string): void {
    this.#session?.instruct(instructions);
  }

  addMessage(message: AddedMessage, options: { reply: boolean }): void {
    this.#session?.addMessage(message, options);
  }

  ask(callerId: string): void {
    this.#session?.ask(callerId);
  }

  speakAs(speech: SpeechSettings): void {
    this.#session?.speakAs(speech);
  }

  offerTools(callerId: string, tools: readonly ClientTool[]): void {
    this.#session?.offerTools(callerId, tools);
  }

  toolResult(callerId: string, result: ClientToolResult): void {
    this.#session?.toolResult(callerId, result);
  }

  close(reason: CloseReason): Promise<void> {
    return this.#scope.close(reason);
  }
}

/** Opus looks this far ahead before it encodes (RFC 6716, 2.1.2): what is decoded comes so much later, in ms. */
const OPUS_LOOKAHEAD_MS = 6.5;

/**
 * Clock's ms at which the sample of media time `at` would have come by itself. Its frame comes when the last sample of
 * it is spoken: rounded up to that, each silence would begin, and so each answer come, half a frame late on average.
 */
export const sampleAt = (at: number, frameAt: number | undefined): number | undefined =>
  frameAt === undefined ? undefined : frameAt - (FRAME_MS - (at % FRAME_MS)) - OPUS_LOOKAHEAD_MS;

/** The same of a sample that was never Opus. */
const pcmSampleAt = (at: number, frameAt: number | undefined): number | undefined =>
  frameAt === undefined ? undefined : frameAt - (FRAME_MS - (at % FRAME_MS));
