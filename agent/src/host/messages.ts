import type {
  AddedMessage,
  ClientTool,
  ClientToolResult,
  EarRtp,
  EngineChoice,
  EngineFallback,
  EngineHealth,
  EngineSettings,
  LineNews,
  LineOrder,
  LineSettings,
  MouthRtp,
  ProviderFailure,
  RtpAddress,
  SayOrder,
  SessionEvent,
  SessionSettings,
  SpeechSettings,
  ToolSettings,
  WebhookSettings,
} from '../contracts/index.ts';
import type { EnginePicks, HostLog, HostPace, SampleOrder } from './contract.ts';

/** What a host thread is started with. */
export interface HostData {
  readonly engines: EngineSettings;
  readonly tools: ToolSettings;
}

/** What the server asks its host thread: answered by `answer` or `no-answer` with the same number. */
export type Asked = { readonly type: 'voices' } | { readonly type: 'sample'; readonly order: SampleOrder };

/** What the server tells its host thread. `session` names the session concerned. */
export type ToHost =
  | {
      readonly type: 'open';
      readonly session: string;
      readonly settings: SessionSettings;
      readonly engines?: EnginePicks;
      readonly tools?: readonly WebhookSettings[];
    }
  | { readonly type: 'connect-mouth'; readonly session: string; readonly mouth: MouthRtp }
  | { readonly type: 'caller-joined'; readonly session: string; readonly callerId: string; readonly name?: string }
  | { readonly type: 'caller-left'; readonly session: string; readonly callerId: string }
  | { readonly type: 'caller-away'; readonly session: string; readonly callerId: string }
  | { readonly type: 'caller-back'; readonly session: string; readonly callerId: string; readonly unheardMs: number }
  | { readonly type: 'add-ear'; readonly session: string; readonly ear: EarRtp }
  | { readonly type: 'remove-ear'; readonly session: string; readonly callerId: string }
  | { readonly type: 'open-line'; readonly session: string; readonly line: LineSettings }
  | { readonly type: 'line'; readonly session: string; readonly callerId: string; readonly order: LineOrder }
  | { readonly type: 'caller-playing'; readonly session: string; readonly callerId: string }
  | { readonly type: 'caller-playout'; readonly session: string; readonly callerId: string; readonly delayMs: number }
  | { readonly type: 'text'; readonly session: string; readonly callerId: string; readonly text: string }
  | { readonly type: 'interrupt'; readonly session: string }
  | { readonly type: 'announce'; readonly session: string; readonly order: SayOrder }
  | { readonly type: 'instruct'; readonly session: string; readonly instructions: string }
  | {
      readonly type: 'add-message';
      readonly session: string;
      readonly message: AddedMessage;
      readonly reply: boolean;
    }
  | { readonly type: 'ask'; readonly session: string; readonly callerId: string }
  | { readonly type: 'speak-as'; readonly session: string; readonly speech: SpeechSettings }
  | {
      readonly type: 'offer-tools';
      readonly session: string;
      readonly callerId: string;
      readonly tools: readonly ClientTool[];
    }
  | {
      readonly type: 'tool-result';
      readonly session: string;
      readonly callerId: string;
      readonly result: ClientToolResult;
    }
  | { readonly type: 'close'; readonly session: string; readonly reason: 'room-closed' | 'shutdown' }
  | (Asked & { readonly request: number })
  /** Nobody waits for the answer any more. */
  | { readonly type: 'never-mind'; readonly request: number }
  | { readonly type: 'shutdown' };

/** What the host thread tells the server. */
export type FromHost =
  | { readonly type: 'ready'; readonly choices: readonly EngineChoice[] }
  | { readonly type: 'opened'; readonly session: string; readonly address: RtpAddress }
  | { readonly type: 'refused'; readonly session: string; readonly message: string }
  | { readonly type: 'event'; readonly session: string; readonly event: SessionEvent }
  | { readonly type: 'line'; readonly session: string; readonly callerId: string; readonly news: LineNews }
  | { readonly type: 'closed'; readonly session: string }
  | { readonly type: 'answer'; readonly request: number; readonly value: unknown }
  | {
      readonly type: 'no-answer';
      readonly request: number;
      readonly failure: { readonly reason: ProviderFailure; readonly message: string };
    }
  | { readonly type: 'pace'; readonly pace: HostPace }
  | { readonly type: 'engine-health'; readonly health: EngineHealth }
  | { readonly type: 'engine-fallback'; readonly fallback: EngineFallback }
  | { readonly type: 'log'; readonly level: Parameters<HostLog>[0]; readonly message: string }
  | { readonly type: 'bye' };
