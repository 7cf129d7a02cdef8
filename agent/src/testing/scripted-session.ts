import type { AsrProvider, ConversationNews, SessionEvent, SessionSettings, TurnDetector } from '../contracts/index.ts';
import { Scope } from '../kernel/index.ts';
import { Session } from '../session/session.ts';
import type { ToolSource } from '../tools/index.ts';
import { ClockedMouth } from './clocked-mouth.ts';
import { ManualClock } from './manual-clock.ts';
import { ScriptedCaller } from './scripted-caller.ts';
import { ScriptedAsr, ScriptedLlm, ScriptedTts } from './scripted-engines.ts';
import { sessionSettings } from './test-settings.ts';

export interface ScriptedSessionOptions {
  readonly asr?: AsrProvider;
  readonly llm?: ScriptedLlm;
  readonly tts?: ScriptedTts;
  readonly turnDetector?: TurnDetector;
  readonly tools?: Pick<ToolSource, 'tools'>;
  /** Of the scripted LLM, where none is given. */
  readonly answer?: string;
  readonly settings?: Partial<SessionSettings>;
}

/** A session on a manual clock with scripted engines, turns that end after 500 ms, and a caller named ann. */
export function scriptedSession(options: ScriptedSessionOptions = {}) {
  const clock = new ManualClock();
  const scope = new Scope('session');
  const mouth = new ClockedMouth(clock);
  const llm = options.llm ?? new ScriptedLlm(() => options.answer ?? 'This is the answer.');
  const asr = options.asr ?? new ScriptedAsr(['hello there', 'stop please', 'and again']);
  const tts = options.tts ?? new ScriptedTts();
  const events: SessionEvent[] = [];
  const news: ConversationNews[] = [];
  const session = new Session({
    scope,
    clock,
    mouth,
    llm,
    tts,
    ...(options.turnDetector ? { turnDetector: options.turnDetector } : {}),
    ...(options.tools ? { tools: options.tools } : {}),
    settings: sessionSettings({ endpointingMs: 500, interruptionMs: 200, ...options.settings }),
    emit: (event) => events.push(event),
    onNews: (each) => news.push(each),
  });
  const call = (id: string, name?: string): ScriptedCaller => {
    session.callerJoined(id, name);
    return new ScriptedCaller({ id, clock, scope: scope.child(id), asr, handlers: session.ears });
  };
  const of = <T extends SessionEvent['type']>(type: T) =>
    events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type);
  return { clock, scope, mouth, llm, tts, events, news, of, session, call, caller: call('ann') };
}
