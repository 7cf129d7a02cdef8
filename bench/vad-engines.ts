// What each voice activity engine makes of frames of speech, pauses and noise, and what that costs.
import { VAD_ENGINES } from '@parley/agent';
import { SPOKEN_CLIPS, scene, spoken } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: measures this room from inside, beside its door
import { SPEECH_THRESHOLD, VAD_RECIPES, type VadEngine } from '../agent/src/hearing/index.ts';
import type { Figures } from './report.ts';

export const VAD_LEAD_MS = 1500;
export const VAD_TAIL_MS = 1500;
/** Each clip is heard at so many places relative to the models' windows. */
export const VAD_SHIFTS_MS = [0, 8, 16, 24];

const CONDITIONS = [{ name: 'clean' }, { name: 'snr10', snrDb: 10 }, { name: 'snr0', snrDb: 0 }];
/** The decision that a window stands for is compared with the marks so often. */
const FRAME_MS = 10;
/** Callers of one thread who speak at once while cost is measured. */
const STREAMS = 32;
const ROUNDS = 60;

export interface VadMeasures {
  /** `vad_<engine>_accuracy_<condition>` in percent, `vad_<engine>_us_per_s` in us of wall time for 1 s of audio. */
  readonly figures: Figures;
  readonly table: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** Measures every engine as the product loads it. Takes a few seconds. */
export async function measureVadEngines(): Promise<VadMeasures> {
  const figures: Record<string, number> = {};
  const table: Record<string, Record<string, number>> = {};
  for (const name of VAD_ENGINES) {
    const key = `vad_${name.replace('-', '_')}`;
    const engine = await VAD_RECIPES[name].load();
    const row: Record<string, number> = {};
    for (const { name: condition, snrDb } of CONDITIONS) {
      const percent = Math.round(1000 * (await accuracy(engine, snrDb))) / 10;
      figures[`${key}_accuracy_${condition}`] = row[`${condition} %`] = percent;
    }
    await costOfWindow(engine, STREAMS);
    const windowsInSecond = 16_000 / engine.windowSamples;
    const usPerSecond = async (streams: number): Promise<number> =>
      Math.round((await costOfWindow(engine, streams)) * windowsInSecond);
    figures[`${key}_us_per_s`] = row[`us a second, ${STREAMS} at once`] = await usPerSecond(STREAMS);
    figures[`${key}_us_per_s_alone`] = row['us a second, alone'] = await usPerSecond(1);
    table[name] = row;
    await engine.close();
  }
  return { figures, table };
}

/** Share of frames that are taken for what they are. Where speech is, is known: the padding is made here. */
async function accuracy(engine: VadEngine, snrDb: number | undefined): Promise<number> {
  const windowMs = engine.windowSamples / 16;
  let [right, frames, runs] = [0, 0, 0];
  for (const clip of SPOKEN_CLIPS) {
    for (const shift of VAD_SHIFTS_MS) {
      const voice = spoken(clip);
      const from = VAD_LEAD_MS + shift;
      const to = from + voice.length / 16;
      const samples = scene([from, voice, VAD_TAIL_MS], snrDb, ++runs);
      const said = await answers(engine, samples);
      for (let at = FRAME_MS / 2; at < said.length * windowMs; at += FRAME_MS) {
        frames++;
        if (said[Math.floor(at / windowMs)] === (at > from && at < to)) right++;
      }
    }
  }
  return right / frames;
}

/** For each whole window: is it speech? */
async function answers(engine: VadEngine, samples: Int16Array): Promise<boolean[]> {
  const model = engine.open();
  const said: boolean[] = [];
  const size = engine.windowSamples;
  for (let at = 0; at + size <= samples.length; at += size) {
    said.push((await model.probability(samples.subarray(at, at + size))) >= SPEECH_THRESHOLD);
  }
  model.close();
  return said;
}

/** us of wall time for each window when so many streams ask in one turn of the loop: the median round. */
export async function costOfWindow(engine: VadEngine, streams: number): Promise<number> {
  const models = Array.from({ length: streams }, () => engine.open());
  const voice = spoken('jfk');
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = (round % 8) * engine.windowSamples;
    const window = voice.subarray(start, start + engine.windowSamples);
    const begun = performance.now();
    await Promise.all(models.map((model) => model.probability(window)));
    rounds.push(((performance.now() - begun) * 1000) / streams);
  }
  for (const model of models) model.close();
  return rounds.sort((a, b) => a - b)[rounds.length >> 1] ?? Number.NaN;
}
