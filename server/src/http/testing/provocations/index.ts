import { agent } from './agent.ts';
import { calls } from './calls.ts';
import { realtime } from './realtime.ts';
import { rooms } from './rooms.ts';
import { server } from './server.ts';
import { telephony } from './telephony.ts';
import { tokens } from './tokens.ts';
import { voices } from './voices.ts';

/** Every answer that api.test.ts does not provoke of each operation alike. */
export const provocations = [...server, ...rooms, ...agent, ...tokens, ...realtime, ...telephony, ...voices, ...calls];
