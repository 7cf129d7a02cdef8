// Voice activity: how soon and how exactly speech is found, and what it costs. `node bench/vad.ts [--json]`
import { framesOf, SPOKEN_CLIPS, scene, spoken } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: measures this room from inside, beside its door
import * as hearing from '../agent/src/hearing/index.ts';
import { report } from './report.ts';

const LEAD_MS = 1500;
const TAIL_MS = 1500;
/** Each clip is heard at so many places relative to the model's windows. */
const SHIFTS_MS = [0, 8, 16, 24];
const BATCHES = [1, 8, 32, 128];
const ROUNDS = 60;

type CreateGate = typeof hearing.createVadGate;
type Spread = readonly [p50: number, p90: number];

interface Detector {
  readonly name: string;
  readonly version: hearing.SileroVersion;
  readonly gate: CreateGate;
}

const DETECTORS: readonly Detector[] = [
  { name: 'v6_gate', version: 'v6', gate: hearing.createVadGate },
  { name: 'v4_gate', version: 'v4', gate: hearing.createVadGate },
  { name: 'v4_frame_processor', version: 'v4', gate: hearing.createFrameProcessorGate },
];

const CONDITIONS = [
  { name: 'clean', snrDb: undefined },
  { name: 'pink_10db', snrDb: 10 },
];

interface Segment {
  readonly at: number;
  readonly toldAt: number;
  readonly prerollFrom: number;
  end: number;
  endToldAt: number;
}

/** Hears `samples` in step with the audio: each window is judged before the next frame comes. */
async function segments(engine: hearing.SileroEngine, gate: CreateGate, samples: Int16Array): Promise<Segment[]> {
  const found: Segment[] = [];
  let now = 0;
  const opened = gate(engine.open(), {
    onEvent(event) {
      if (event.kind === 'speech-start') {
        const prerollFrom = event.preroll[0]?.at ?? event.at;
        found.push({ at: event.at, toldAt: now, prerollFrom, end: 0, endToldAt: 0 });
      } else if (event.kind === 'speech-end') Object.assign(found.at(-1) ?? {}, { end: event.at, endToldAt: now });
    },
  });
  for (const frame of framesOf(samples)) {
    now = frame.at + 20;
    opened.push(frame);
    for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  await opened.flush();
  opened.close();
  return found;
}

function percentiles(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const pick = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
  return [pick(0.5), pick(0.9)];
}

const overlap = (found: readonly Segment[], from: number, to: number): number =>
  found.reduce((sum, each) => sum + Math.max(0, Math.min(to, each.end) - Math.max(from, each.at)), 0);

/** Where speech is, is known: the padding is made here, and the clips have no long pauses. */
async function accuracy(engine: hearing.SileroEngine, gate: CreateGate, snrDb: number | undefined) {
  const onset: number[] = [];
  const onsetError: number[] = [];
  const end: number[] = [];
  const endError: number[] = [];
  let [speech, missed, padding, wrong, clipped, runs] = [0, 0, 0, 0, 0, 0];
  for (const clip of SPOKEN_CLIPS) {
    for (const shift of SHIFTS_MS) {
      const voice = spoken(clip);
      const from = LEAD_MS + shift;
      const to = from + voice.length / 16;
      const found = await segments(engine, gate, scene([from, voice, TAIL_MS], snrDb, runs + 1));
      const [first, last] = [found[0], found.at(-1)];
      runs++;
      speech += to - from;
      missed += to - from - overlap(found, from, to);
      padding += from + TAIL_MS;
      wrong += overlap(found, 0, from) + overlap(found, to, to + TAIL_MS);
      if (!first || !last || first.prerollFrom > from) clipped++;
      if (!first || !last) continue;
      onset.push(first.toldAt - from);
      onsetError.push(Math.abs(first.at - from));
      end.push(last.endToldAt - to);
      endError.push(Math.abs(last.end - to));
    }
  }
  return {
    onset: percentiles(onset),
    onsetError: percentiles(onsetError),
    end: percentiles(end),
    endError: percentiles(endError),
    missed: (100 * missed) / speech,
    wrong: (100 * wrong) / padding,
    clipped: (100 * clipped) / runs,
  };
}

/** us of wall time for each window when so many streams ask in one turn of the loop: the median round. */
async function cost(engine: hearing.SileroEngine, batch: number): Promise<number> {
  const models = Array.from({ length: batch }, () => engine.open());
  const voice = spoken('jfk');
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = (round % 8) * engine.windowSamples;
    const window = voice.subarray(start, start + engine.windowSamples);
    const begun = performance.now();
    await Promise.all(models.map((model) => model.probability(window)));
    rounds.push(((performance.now() - begun) * 1000) / batch);
  }
  for (const model of models) model.close();
  return rounds.sort((a, b) => a - b)[rounds.length >> 1] ?? Number.NaN;
}

const figures: Record<string, number> = {};
const round1 = (value: number): number => Math.round(value * 10) / 10;

const rows: Record<string, Record<string, string | number>> = {};
for (const { name, version, gate } of DETECTORS) {
  const engine = await hearing.SileroEngine.load({ version });
  for (const condition of CONDITIONS) {
    const got = await accuracy(engine, gate, condition.snrDb);
    rows[`${name} ${condition.name}`] = {
      'onset ms p50/p90': got.onset.join('/'),
      'its error': got.onsetError.join('/'),
      'end ms p50/p90': got.end.join('/'),
      'its error ': got.endError.join('/'),
      'missed %': round1(got.missed),
      'false %': round1(got.wrong),
      'first word cut %': round1(got.clipped),
    };
    const key = `${name}_${condition.name}`;
    for (const kind of ['onset', 'end'] as const) {
      [figures[`${key}_${kind}_ms_p50`], figures[`${key}_${kind}_ms_p90`]] = got[kind];
    }
    figures[`${key}_onset_error_ms_p50`] = got.onsetError[0];
    figures[`${key}_end_error_ms_p50`] = got.endError[0];
    figures[`${key}_missed_percent`] = round1(got.missed);
    figures[`${key}_false_percent`] = round1(got.wrong);
    figures[`${key}_first_word_cut_percent`] = round1(got.clipped);
  }
  await engine.close();
}
console.table(rows);

const costs: Record<string, Record<string, number>> = {};
for (const version of ['v6', 'v4'] as const) {
  const engine = await hearing.SileroEngine.load({ version });
  await cost(engine, 8);
  const windowMs = engine.windowSamples / 16;
  for (const batch of BATCHES) {
    const us = await cost(engine, batch);
    (costs[`${version} (${windowMs} ms)`] ??= {})[`us a window, batch ${batch}`] = Math.round(us);
    figures[`${version}_batch_${batch}_us_window`] = Math.round(us);
    figures[`${version}_batch_${batch}_us_audio_second`] = Math.round((us * 1000) / windowMs);
  }
  await engine.close();
}
console.table(costs);
report('vad', figures);
