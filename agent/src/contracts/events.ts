import type { Stage } from './errors.ts';

export type AgentState = 'idle' | 'listening' | 'thinking' | 'speaking';

/** Latency by stage in ms, on the media clock. Absent: the stage did not happen in this turn. */
export interface TurnFigures {
  /** Last speech sample in -> turn judged complete. */
  readonly endpointing?: number;
  /** Speech end -> final transcript. */
  readonly asr_final?: number;
  /** Request -> first token. */
  readonly llm_first_token?: number;
  /** First clause handed over -> first audio of it. */
  readonly tts_first_audio?: number;
  /** First audio -> first reply packet out. */
  readonly first_packet?: number;
  /** Last speech sample in -> first reply packet out. */
  readonly voice_to_voice?: number;
  /** Speech onset of an interruption -> last packet of the interrupted voice. */
  readonly barge_in_stop?: number;
  /** What starting the reply before the turn was complete has saved. */
  readonly speculation_saved?: number;
}

/** `silence`: an answer was owed and nothing was heard in time. `fallback`: an engine failed and the next took over. */
export type Incident = 'silence' | 'fallback';

export type SessionEvent =
  | { readonly type: 'agent-state'; readonly state: AgentState }
  /** `text` replaces what came before for this turn and caller. */
  | {
      readonly type: 'transcript';
      readonly turn: number;
      readonly callerId: string;
      readonly text: string;
      readonly final: boolean;
      readonly language?: string;
    }
  /** `text` is what has been heard of this reply so far, in step with the voice; `final` closes it. */
  | {
      readonly type: 'reply-text';
      readonly turn: number;
      readonly reply: number;
      readonly text: string;
      readonly final: boolean;
      readonly interrupted: boolean;
      /** It was final before: less of it was heard than was thought. */
      readonly corrected?: true;
      /** The LLM is not to know of it. */
      readonly unrecorded?: true;
    }
  | { readonly type: 'turn-metrics'; readonly turn: number; readonly figures: TurnFigures }
  /** A tool's way; `call` names it. `ms`: how long it took, once it is over. */
  | {
      readonly type: 'tool';
      readonly turn: number;
      readonly call: string;
      readonly name: string;
      readonly origin: 'webhook' | 'mcp' | 'client';
      readonly status: 'running' | 'done' | 'failed' | 'cancelled';
      readonly ms?: number;
    }
  /** This caller's page is to run a tool, and to answer with `toolResult`. `args` is JSON text of an object. */
  | {
      readonly type: 'client-tool-call';
      readonly callerId: string;
      readonly call: string;
      readonly name: string;
      readonly args: string;
    }
  /** Nobody waits for this call's answer any more. */
  | { readonly type: 'client-tool-cancelled'; readonly callerId: string; readonly call: string }
  /** An answer that was prepared before the turn was over, and what became of it. Tokens: estimated where not told. */
  | { readonly type: 'speculation'; readonly outcome: 'adopted' | 'dropped'; readonly tokens: number }
  /** Something that callers should not have had to live through, mended as far as it could be. */
  | { readonly type: 'incident'; readonly incident: Incident; readonly stage?: Stage }
  /** The agent has said good-bye: the call is to be ended. */
  | { readonly type: 'ended'; readonly reason: 'idle' | 'time-limit' }
  | {
      readonly type: 'error';
      readonly code: 'engine-failed' | 'session-failed';
      readonly stage?: Stage;
      readonly message: string;
      readonly retryable: boolean;
    };
