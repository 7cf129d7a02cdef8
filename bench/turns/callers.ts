// The callers' process: apart from the server's, so that neither disturbs the other's clock. Takes one job, answers it.
import { setTimeout as pause } from 'node:timers/promises';
// biome-ignore lint/style/noRestrictedImports: the bench uses the project's codec
import { OpusLibrary } from '../../agent/src/codec/index.ts';
import { agentSays, LONG_ANSWERS, SENTENCES } from './answers.ts';
import { TurnsCaller, type TurnsCallerOptions } from './caller.ts';
import { EchoedWords, echoes } from './echoes.ts';
import { endings } from './endings.ts';
import type { FromCallers, Job, ServerUnderTest, Trial } from './jobs.ts';
import { overlaps } from './overlaps.ts';
import { type Room, roomNoise } from './room-noise.ts';

/** One call of a job, ready to be placed. */
interface Planned {
  readonly server: ServerUnderTest;
  readonly room: Room;
  readonly options?: Partial<TurnsCallerOptions>;
  /** What it gives judges the trials, when nobody talks any more. */
  readonly talk: (caller: TurnsCaller) => Promise<() => readonly Trial[]>;
  /** Is told who joined, before anything is heard. */
  readonly onJoined?: (caller: TurnsCaller) => void;
}

/** Conversations begin this far apart, in ms. */
const STAGGER_MS = 170;
const FRAME_MS = 20;

const tellParent = (message: FromCallers): void => void process.send?.(message);

function plan(job: Job): Planned[] {
  const { servers, seed } = job;
  const first = servers[0] as ServerUnderTest;
  switch (job.kind) {
    case 'endings':
      return job.rooms.flatMap((room, i) =>
        servers.map((server) => ({
          server,
          room,
          talk: async (caller) => {
            const own = { skip: i * job.turns, seed: seed * 100 + i };
            const trials = await endings({ caller, server: server.name, room, turns: job.turns, ...own });
            return () => trials;
          },
        })),
      );
    case 'overlaps':
      return job.rooms.map((room, seat) => ({
        server: first,
        room,
        talk: (caller) => overlaps({ caller, server: first.name, room, pairs: job.pairs, seat, seed }),
      }));
    case 'echoes':
      return job.paths.map((path) => {
        let joined: TurnsCaller | undefined;
        const words = new EchoedWords(path.delayMs, (each) => joined?.tell(each));
        return {
          server: first,
          room: 'clean',
          options: { echo: path, onPacket: (packet) => words.receive(packet) },
          onJoined: (caller) => {
            joined = caller;
          },
          talk: (caller) => echoes({ caller, server: first.name, path, words, replies: job.replies }),
        };
      });
  }
}

/** Everybody joins before anybody speaks: handshakes in JavaScript would hold up this process's own clock. */
async function run(job: Job): Promise<Trial[]> {
  const library = await OpusLibrary.load();
  const calls = plan(job);
  // Composed now: later it would hold up the clock.
  for (const answer of [...LONG_ANSWERS, ...SENTENCES]) agentSays(answer);
  const callers: TurnsCaller[] = [];
  let judges: readonly (() => readonly Trial[])[];
  try {
    for (const [i, { server, room, options, onJoined }] of calls.entries()) {
      const caller = await TurnsCaller.join({
        url: server.url,
        library,
        call: `call${i}`,
        room: roomNoise(room, job.seed + i),
        phaseMs: ((i + 0.5) * FRAME_MS) / calls.length,
        tell: (truth) => tellParent({ truth, server: server.name }),
        ...options,
      });
      onJoined?.(caller);
      callers.push(caller);
    }
    const talks = calls.map(async ({ talk }, i) => {
      await pause(i * STAGGER_MS);
      return talk(callers[i] as TurnsCaller);
    });
    judges = await Promise.all(talks);
  } finally {
    await Promise.allSettled(callers.map((caller) => caller.leave()));
  }
  // Half a minute without a look at the sockets: they would be taken for dead, and leaving would wait for ever.
  return judges.flatMap((judge) => judge());
}

// A listener that stays keeps the channel open until the answer has left.
process.on('message', async (job: Job) => {
  try {
    tellParent({ trials: await run(job) });
  } catch (error) {
    tellParent({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
process.once('disconnect', () => process.exit(0));
