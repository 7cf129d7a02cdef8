import type {
  ClientTool,
  ClientToolResult,
  EarRtp,
  EngineChoice,
  EngineFallback,
  EngineHealth,
  EngineSettings,
  MouthRtp,
  RtpAddress,
  SessionEvent,
  SessionSettings,
  ToolSettings,
} from '../contracts/index.ts';
import type { HostLog } from './contract.ts';

/** What a host thread is started with. */
export interface HostData {
  readonly engines: EngineSettings;
  readonly tools: ToolSettings;
}

/** What the server tells its host thread. `session` names the session concerned. */
export type ToHost =
  | { readonly type: 'open'; readonly session: string; readonly settings: SessionSettings }
  | { readonly type: 'connect-mouth'; readonly session: string; readonly mouth: MouthRtp }
  | { readonly type: 'caller-joined'; readonly session: string; readonly callerId: string; readonly name?: string }
  | { readonly type: 'caller-left'; readonly session: string; readonly callerId: string }
  | { readonly type: 'add-ear'; readonly session: string; readonly ear: EarRtp }
  | { readonly type: 'remove-ear'; readonly session: string; readonly callerId: string }
  | { readonly type: 'caller-playing'; readonly session: string; readonly callerId: string }
  | { readonly type: 'caller-playout'; readonly session: string; readonly callerId: string; readonly delayMs: number }
  | { readonly type: 'text'; readonly session: string; readonly callerId: string; readonly text: string }
  | { readonly type: 'interrupt'; readonly session: string }
  | { readonly type: 'ask'; readonly session: string; readonly callerId: string }
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
  | { readonly type: 'shutdown' };

/** What the host thread tells the server. */
export type FromHost =
  | { readonly type: 'ready'; readonly choices: readonly EngineChoice[] }
  | { readonly type: 'opened'; readonly session: string; readonly address: RtpAddress }
  | { readonly type: 'refused'; readonly session: string; readonly message: string }
  | { readonly type: 'event'; readonly session: string; readonly event: SessionEvent }
  | { readonly type: 'closed'; readonly session: string }
  | { readonly type: 'engine-health'; readonly health: EngineHealth }
  | { readonly type: 'engine-fallback'; readonly fallback: EngineFallback }
  | { readonly type: 'log'; readonly level: Parameters<HostLog>[0]; readonly message: string }
  | { readonly type: 'bye' };
