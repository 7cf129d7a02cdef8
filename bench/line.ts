// What an ear hears over a bad line: likeness to the source, and the delay it costs. `node bench/line.ts [--json]`
import { likeness, ManualClock, seededRandom, speechClip } from '@parley/agent/testing';
// biome-ignore lint/style/noRestrictedImports: measures this room from inside, beside its door
import { OpusLibrary } from '../agent/src/codec/index.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { parseRtp, serializeRtp, Ticker } from '../agent/src/rtp/index.ts';
// biome-ignore lint/style/noRestrictedImports: the same
import { Ear } from '../agent/src/session/ear.ts';
import { report } from './report.ts';

/** How long a packet takes in ms; undefined where it never comes. */
type Way = (random: () => number) => number | undefined;

interface Line {
  readonly name: string;
  readonly fec: boolean;
  readonly way: Way;
}

const lossy =
  (share: number): Way =>
  (random) =>
    random() < share ? undefined : 10 + random() * 5;

/** What is lost is sent again, as NACK does: 80 ms later by the median, 180 at most. */
const resent =
  (share: number): Way =>
  (random) =>
    random() < share ? 70 + random() ** 2 * 120 : 10 + random() * 5;

const LINES: readonly Line[] = [
  { name: 'clean', fec: false, way: lossy(0) },
  { name: 'jitter_45ms', fec: false, way: (random) => random() * 45 },
  ...[0.02, 0.05, 0.1, 0.2].flatMap((share) => [
    { name: `loss_${share * 100}_plc`, fec: false, way: lossy(share) },
    { name: `loss_${share * 100}_fec`, fec: true, way: lossy(share) },
    { name: `loss_${share * 100}_resent`, fec: false, way: resent(share) },
  ]),
];

const SEEDS = [1, 2, 3, 4, 5];
const ADDRESS = { payloadType: 111, ssrc: 1 };
const library = await OpusLibrary.load();
/** Twice, so that the buffer has learnt the line in the first half; the second is judged. */
const once = speechClip('jfk').samples;
const speech = new Int16Array(once.length * 2);
speech.set(once);
speech.set(once, once.length);

function encode(fec: boolean): Uint8Array[] {
  const encoder = library.encoder({ rate: 16_000, complexity: 9, fec, expectedLossPercent: fec ? 10 : 0 });
  const packets: Uint8Array[] = [];
  for (let at = 0; at + 320 <= speech.length; at += 320) {
    const fields = { ...ADDRESS, sequence: packets.length, timestamp: packets.length * 960 };
    packets.push(serializeRtp({ ...fields, payload: encoder.encode(speech.subarray(at, at + 320)) }));
  }
  encoder.close();
  return packets;
}

async function listen(
  packets: readonly Uint8Array[],
  way: Way,
  seed: number,
): Promise<{ like: number; delay: number }> {
  const clock = new ManualClock();
  const random = seededRandom(seed);
  const heard: Int16Array[] = [];
  const ear = new Ear({
    ear: { callerId: 'bench', ...ADDRESS },
    library,
    ticker: new Ticker({ clock }),
    clock,
    onFrame: ({ samples }) => heard.push(samples),
  });
  packets.forEach((bytes, i) => {
    const ms = way(random);
    if (ms !== undefined) clock.after(i * 20 + ms, () => ear.receive(parseRtp(bytes)));
  });
  await clock.advance(packets.length * 20);
  const delay = ear.stats.bufferMs;
  await clock.advance(400);
  ear.close();
  const all = new Int16Array(heard.length * 320);
  heard.forEach((samples, i) => {
    all.set(samples, i * 320);
  });
  return { like: likeness(speech, all, once.length), delay };
}

const figures: Record<string, number> = {};
const encoded = { fec: encode(true), plain: encode(false) };
for (const { name, fec, way } of LINES) {
  const packets = fec ? encoded.fec : encoded.plain;
  const runs = await Promise.all(SEEDS.map((seed) => listen(packets, way, seed)));
  const mean = (of: (run: { like: number; delay: number }) => number): number =>
    runs.reduce((sum, run) => sum + of(run), 0) / runs.length;
  figures[`${name}_likeness`] = mean(({ like }) => like);
  figures[`${name}_delay_ms`] = mean(({ delay }) => delay);
  const [like, delay] = [figures[`${name}_likeness`] as number, figures[`${name}_delay_ms`] as number];
  console.log(`${name.padEnd(16)} likeness ${like.toFixed(3)}   delay ${delay.toFixed(0).padStart(4)} ms`);
}
report('line', figures);
