import { setTimeout as pause } from 'node:timers/promises';
import { HEARING_RATE } from '@parley/agent';
import { seededRandom } from '@parley/agent/testing';
import { agentSays } from './answers.ts';
import type { TurnsCaller } from './caller.ts';
import { backchannel, phrase, type SpokenPhrase } from './clips.ts';
import { findDuck } from './gain.ts';
import type { OverlapTrial } from './jobs.ts';
import { noises } from './noises.ts';
import { isSilent, type PlacedRun, placeRuns, type ReceivedPacket, wordFaults } from './received.ts';
import { audibleFrom, type Room, roomNoise } from './room-noise.ts';
import { between, isHeard, NOTICE_MS, replyPackets, trialBase, until, voiceAfter } from './trials-common.ts';

/** A sound over the agent's voice. */
interface Sound {
  readonly kind: string;
  readonly sound: SpokenPhrase;
}

/** How long the caller listens before something comes over the voice, in ms. */
const LISTENS_MS = { min: 700, max: 1400 };
/** After a sound that is no interruption: until the voice goes on for sure, and at the longest. */
const SETTLES_MS = { min: 1000, max: 3200 };
const PAUSES_MS = { min: 100, max: 600 };
/** A reply that was not given up this long after an interruption was not interrupted, in ms. */
const CUT_PATIENCE_MS = 3000;
const REPLY_PATIENCE_MS = 5000;
const DUCK_PATIENCE_MS = 1500;

/** Interruptions: real speech of two words and more. */
const INTERRUPTIONS: readonly (() => SpokenPhrase)[] = [
  () => phrase('turnonlamp'),
  () => phrase('weatherlike'),
  () => phrase('goforward'),
  () => phrase('harvard-1'),
  () => phrase('cards-005', 0, 2),
  () => phrase('platforms'),
  () => phrase('jfk', 15),
  () => phrase('aishell-W0121'),
  () => phrase('cosy-prompt', 0, 1),
  () => phrase('jfk', 0, 4),
  () => phrase('onetwothree', 0, 1),
];

const BACKCHANNELS: readonly (readonly [file: string, text: string])[] = [
  ['uh-huh-1', 'uh huh'],
  ['uh-huh-2', 'uh huh'],
  ['right', 'right'],
  ['okay', 'okay'],
  ['yeah', 'yeah'],
  ['mm-hmm', 'mm hmm'],
  ['i-see', 'i see'],
  ['en', '嗯'],
  ['dui', '对'],
  ['haode', '好的'],
];
/** What recognisers make of a cough now and then. */
const MISHEARD = ['huh', 'oh'] as const;
const MISHEARD_EVERY = 4;

/** All that is no interruption, in an order of chance; some coughs are taken for a word. */
function nothings(seed: number): Sound[] {
  const random = seededRandom(seed);
  let coughs = Math.floor(random() * MISHEARD_EVERY);
  const sounds = noises(seed).map(({ name, kind, samples }) => {
    const breath = kind === 'cough' || kind === 'burst';
    const misheard = breath && coughs++ % MISHEARD_EVERY === 0;
    const text = MISHEARD[Math.floor(random() * MISHEARD.length)] as string;
    const words = misheard ? [{ text, from: 0, to: (samples.length * 1000) / HEARING_RATE }] : [];
    return { kind: misheard ? `${kind}, misheard` : kind, sound: { name, samples, words } };
  });
  const spoken = BACKCHANNELS.map(([file, text]) => ({ kind: 'backchannel', sound: backchannel(file, text) }));
  const all = [...sounds, ...spoken].map((each) => ({ each, place: random() }));
  return all.sort((a, b) => a.place - b.place).map(({ each }) => each);
}

export interface OverlapsOptions {
  readonly caller: TurnsCaller;
  readonly server: string;
  readonly room: Room;
  /** A sound that is no interruption, then one. */
  readonly pairs: number;
  /** Of this call among all: each has sounds of its own. */
  readonly seat: number;
  readonly seed: number;
}

/** What was live noted of a trial: judged when the call is over. */
interface Noted {
  readonly base: ReturnType<typeof trialBase>;
  readonly kind: OverlapTrial['kind'];
  readonly sound: Sound;
  readonly reply: number;
  readonly onsetAt: number;
  readonly until: number;
}

/** Pair by pair over the agent's long answers. What is returned judges them, which takes its time. */
export async function overlaps(options: OverlapsOptions): Promise<() => OverlapTrial[]> {
  const { caller, pairs, seat, seed } = options;
  const random = seededRandom(seed * 31 + seat);
  const deck = nothings(seed);
  const noted: Noted[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const place = seat * pairs + pair;
    const startedAt = await reply(caller);
    if (startedAt === undefined) continue;
    await pause(Math.max(0, startedAt + between(LISTENS_MS.min, LISTENS_MS.max, random) - performance.now()));
    noted.push(await oneSound(options, 'false', deck[place % deck.length] as Sound));
    if ((await reply(caller)) === undefined) continue;
    await pause(between(PAUSES_MS.min, PAUSES_MS.max, random));
    const make = INTERRUPTIONS[place % INTERRUPTIONS.length] as () => SpokenPhrase;
    noted.push(await oneSound(options, 'interruption', { kind: 'speech', sound: make() }));
  }
  return () => noted.map((each) => judge(options, each));
}

/** The clock's ms at which the reply under way began; asks for one where there is none. */
async function reply(caller: TurnsCaller): Promise<number | undefined> {
  const begun = (): number | undefined => {
    const before = caller.notices.finished.at(-1)?.at ?? 0;
    return isHeard(caller) ? voiceAfter(caller, before + NOTICE_MS)?.at : undefined;
  };
  const found = await until(1500, begun);
  if (found !== undefined) return found;
  await caller.rtc.type('go on');
  return until(REPLY_PATIENCE_MS, begun);
}

async function oneSound({ caller, server }: OverlapsOptions, kind: Noted['kind'], sound: Sound): Promise<Noted> {
  const began = performance.now();
  const reply = caller.notices.finished.length;
  const { onsetAt, lastSpeechAt } = await caller.say(sound.sound);
  const over = (): true | undefined => caller.notices.finished.length > reply || undefined;
  if (kind === 'interruption') {
    await until(CUT_PATIENCE_MS, over);
  } else {
    await pause(Math.max(0, lastSpeechAt + SETTLES_MS.min - performance.now()));
    await until(SETTLES_MS.max - SETTLES_MS.min, () => over() ?? (isHeard(caller) || undefined));
  }
  const noted = { base: trialBase(caller, server, began), kind, sound, reply, onsetAt, until: performance.now() };
  // Ends a reply that was not stopped: after the trial, or it would pass for one that was.
  if (kind === 'interruption' && !over()) await caller.rtc.type('go on');
  return noted;
}

function judge({ caller, room, seed }: OverlapsOptions, noted: Noted): OverlapTrial {
  const { base, kind, sound, reply } = noted;
  const onsetAt = noted.onsetAt + audibleFrom(sound.sound.samples, roomNoise(room, seed));
  const end = caller.notices.finished[reply];
  const packets = replyPackets(caller, reply);
  const told = end?.text ?? '';
  const meant = agentSays(told);
  const cut = end?.interrupted === true && end.at <= noted.until && end.at > onsetAt;
  const common = {
    ...base,
    kind,
    room,
    sound: sound.sound.name,
    soundKind: sound.kind,
    taken: sound.sound.words.map(({ text }) => text).join(' '),
    cut,
  };
  if (!meant) return { ...common, heldMs: 0, repeated: [], lost: [], failure: `which reply was this: "${told}"` };
  const runs = placeRuns(packets, meant.samples);
  const duck = findDuck(runs, meant.samples, onsetAt, onsetAt + DUCK_PATIENCE_MS);
  const last = packets.findLast((packet) => !isSilent(packet))?.at;
  // Up to the run that goes on after this trial: what comes later is another trial's.
  const own = runs.filter((run) => startOf(run) <= noted.until);
  const faults = wordFaults(own, { length: meant.samples.length, words: meant.words }, false);
  return {
    ...common,
    ...(duck.kind === 'ducked' ? { duckMs: duck.at - onsetAt } : {}),
    ...(duck.kind === 'unseen' ? { duckUnseen: true } : {}),
    ...(cut && last !== undefined ? { stopMs: last - onsetAt } : {}),
    heldMs: heldMs(own, onsetAt),
    ...(kind === 'false' && !cut ? faults : { repeated: [], lost: [] }),
  };
}

const startOf = ({ packets }: PlacedRun): number => (packets[0] as ReceivedPacket).at;

/** Silence between the run in which the sound began and those after it. */
function heldMs(runs: readonly PlacedRun[], onset: number): number {
  const gaps = runs.slice(1).map((run, i) => {
    const before = (runs[i] as PlacedRun).packets.at(-1) as ReceivedPacket;
    return before.at > onset ? startOf(run) - before.at - 20 : 0;
  });
  return Math.round(gaps.reduce((sum, gap) => sum + gap, 0));
}
