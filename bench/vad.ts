// Voice activity: how soon and how exactly speech is found, and what it costs. `node bench/vad.ts [--json]`
import type { VadSettings } from '@parley/agent';
import { framesOf, SPOKEN_CLIPS, scene, spoken } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: measures this room from inside, beside its door
import * as hearing from '../agent/src/hearing/index.ts';
import { report } from './report.ts';
import { costOfWindow, measureVadEngines, VAD_LEAD_MS, VAD_SHIFTS_MS, VAD_TAIL_MS } from './vad-engines.ts';

const BATCHES = [1, 8, 32, 128];

type CreateGate = typeof hearing.createVadGate;
type Spread = readonly [p50: number, p90: number];

interface Detector {
  readonly name: string;
  readonly engine: VadSettings['engine'];
  readonly gate: CreateGate;
}

const DETECTORS: readonly Detector[] = [
  { name: 'v6_gate', engine: 'silero-v6', gate: hearing.createVadGate },
  { name: 'v4_gate', engine: 'silero-v4', gate: hearing.createVadGate },
  { name: 'v4_frame_processor', engine: 'silero-v4', gate: hearing.createFrameProcessorGate },
  { name: 'webrtc_gate', engine: 'webrtc', gate: hearing.createVadGate },
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
async function segments(engine: hearing.VadEngine, gate: CreateGate, samples: Int16Array): Promise<Segment[]> {
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
async function accuracy(engine: hearing.VadEngine, gate: CreateGate, snrDb: number | undefined) {
  const onset: number[] = [];
  const onsetError: number[] = [];
  const end: number[] = [];
  const endError: number[] = [];
  let [speech, missed, padding, wrong, clipped, runs] = [0, 0, 0, 0, 0, 0];
  for (const clip of SPOKEN_CLIPS) {
    for (const shift of VAD_SHIFTS_MS) {
      const voice = spoken(clip);
      const from = VAD_LEAD_MS + shift;
      const to = from + voice.length / 16;
      const found = await segments(engine, gate, scene([from, voice, VAD_TAIL_MS], snrDb, runs + 1));
      const [first, last] = [found[0], found.at(-1)];
      runs++;
      speech += to - from;
      missed += to - from - overlap(found, from, to);
      padding += from + VAD_TAIL_MS;
      wrong += overlap(found, 0, from) + overlap(found, to, to + VAD_TAIL_MS);
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

const figures: Record<string, number> = {};
const round1 = (value: number): number => Math.round(value * 10) / 10;

const rows: Record<string, Record<string, string | number>> = {};
for (const { name, engine: chosen, gate } of DETECTORS) {
  const engine = await hearing.VAD_RECIPES[chosen].load();
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

const engines = await measureVadEngines();
Object.assign(figures, engines.figures);
console.table(engines.table);

const costs: Record<string, Record<string, number>> = {};
for (const version of ['v6', 'v4'] as const) {
  const engine = await hearing.SileroEngine.load({ version });
  await costOfWindow(engine, 8);
  const windowMs = engine.windowSamples / 16;
  for (const batch of BATCHES) {
    const us = await costOfWindow(engine, batch);
    (costs[`${version} (${windowMs} ms)`] ??= {})[`us a window, batch ${batch}`] = Math.round(us);
    figures[`${version}_batch_${batch}_us_window`] = Math.round(us);
    figures[`${version}_batch_${batch}_us_audio_second`] = Math.round((us * 1000) / windowMs);
  }
  await engine.close();
}
console.table(costs);
report('vad', figures);
