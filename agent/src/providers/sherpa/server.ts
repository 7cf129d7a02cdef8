import { fileURLToPath } from 'node:url';
import type { Clock } from '../../kernel/index.ts';
import { type Asker as AnyAsker, type Line as AnyLine, ChildServer, usualThreads } from '../child/index.ts';
import type { Log } from '../log.ts';
import { type Answer, answerSchema, isLast, type Request, type RequestAnswer } from './messages.ts';
import type { SherpaModel } from './model.ts';

export interface SherpaServerOptions {
  readonly stage: 'asr' | 'tts';
  readonly model: SherpaModel;
  /** Of one inference; by default half the processors, at most four. */
  readonly threads?: number;
  readonly clock?: Clock;
  readonly log?: Log;
  /** The child's program, in tests. */
  readonly entry?: string;
}

export type Asker = AnyAsker<RequestAnswer>;
export type Line = AnyLine<Request>;
export type SherpaServer = ChildServer<Request, Answer>;

const ENTRY = fileURLToPath(new URL('./child.ts', import.meta.url));

/** The watched process of sherpa-onnx. */
export const SherpaServer = {
  /** Resolves when the model is loaded. Throws EngineUnavailable where it cannot be. */
  start(
    { stage, model, threads = usualThreads(), clock, log, entry = ENTRY }: SherpaServerOptions,
    signal: AbortSignal,
  ) {
    const load: Request = { type: 'load', model, threads };
    const child = { engine: 'sherpa', title: 'sherpa-onnx', entry, load, answers: answerSchema, isLast };
    return ChildServer.start<Request, Answer>({ stage, ...child, clock, log }, signal);
  },
} as const;
