import type { RequestName } from '@parley/signaling/protocol';
import type { Handler } from '../handler.ts';
import { ask } from './ask.ts';
import { connectTransport } from './connect-transport.ts';
import { consume } from './consume.ts';
import { createTransport } from './create-transport.ts';
import { interrupt } from './interrupt.ts';
import { join } from './join.ts';
import { leave } from './leave.ts';
import { mute } from './mute.ts';
import { offerTools } from './offer-tools.ts';
import { playing } from './playing.ts';
import { playout } from './playout.ts';
import { produce } from './produce.ts';
import { restartIce } from './restart-ice.ts';
import { resume } from './resume.ts';
import { resumeConsumer } from './resume-consumer.ts';
import { speakAs } from './speak-as.ts';
import { text } from './text.ts';
import { toolResult } from './tool-result.ts';

/** One handler for each request; the compiler misses none. */
export const handlers: { readonly [N in RequestName]: Handler<N> } = {
  join,
  resume,
  'create-transport': createTransport,
  'connect-transport': connectTransport,
  'restart-ice': restartIce,
  produce,
  consume,
  'resume-consumer': resumeConsumer,
  playing,
  playout,
  mute,
  text,
  interrupt,
  ask,
  'speak-as': speakAs,
  'offer-tools': offerTools,
  'tool-result': toolResult,
  leave,
};
