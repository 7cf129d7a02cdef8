import { expect, test } from '@jest/globals';
import { OpusLibrary } from '../../codec/index.ts';
import { FRAME_MS } from '../../contracts/index.ts';
import { all, bestLag, correlation, speechClip } from '../../testing/index.ts';
import { audioMs, opusAudio } from './opus-audio.ts';

const opus = await OpusLibrary.load();
const rate = 24_000;
const speech = speechClip('jfk').samples.subarray(0, 48_000);

/** Speech as packets of these lengths in ms, over and over. */
function packetsOf(...lengths: readonly number[]): Uint8Array[] {
  const encoder = opus.encoder({ rate: 16_000 });
  const packets: Uint8Array[] = [];
  for (let at = 0, i = 0; ; i++) {
    const samples = (lengths[i % lengths.length] as number) * 16;
    if (at + samples > speech.length) break;
    packets.push(encoder.encode(speech.subarray(at, at + samples)).slice());
    at += samples;
  }
  encoder.close();
  return packets;
}

async function* stream(packets: readonly Uint8Array[], preSkip: number, onHead: (head: never) => void) {
  onHead({ channels: 1, preSkip } as never);
  yield* packets;
}

const read = (packets: readonly Uint8Array[], { takesOpus = true, preSkip = 312 } = {}) =>
  all(opusAudio({ opus, rate, takesOpus, packets: (onHead) => stream(packets, preSkip, onHead) }));
type Audio = Awaited<ReturnType<typeof read>>;

const samplesOf = (audio: Audio): Int16Array =>
  Int16Array.from(audio.flatMap((chunk) => (chunk.kind === 'audio' ? [...chunk.samples] : [])));
const lengthOf = (audio: Audio): number => audio.reduce((sum, chunk) => sum + audioMs(chunk, rate), 0);

function decoded(packets: readonly Uint8Array[]): Int16Array {
  const decoder = opus.decoder({ rate });
  const samples = Int16Array.from(packets.flatMap((packet) => [...decoder.decode(packet)]));
  decoder.close();
  return samples;
}

test('packets of 20 ms are given as they are to those who take them, the first of the stream by name', async () => {
  const packets = packetsOf(FRAME_MS);
  const audio = await read(packets);
  expect(audio).toEqual(packets.map((packet, i) => ({ kind: 'opus', packet, begins: i === 0 })));
  expect(lengthOf(audio)).toBe(packets.length * FRAME_MS);
});

test('those who take no Opus are given samples, from the first one that counts', async () => {
  const packets = packetsOf(FRAME_MS);
  expect(samplesOf(await read(packets, { takesOpus: false }))).toEqual(decoded(packets).subarray(156));
});

test.each([10, 40, 60])('packets of %i ms are decoded', async (ms) => {
  const packets = packetsOf(ms);
  const audio = await read(packets);
  expect(samplesOf(audio)).toEqual(decoded(packets).subarray(156));
});

test('where packets of another length follow those of 20 ms, only they are decoded, as they go on from those', async () => {
  const packets = [...packetsOf(FRAME_MS).slice(0, 60), ...packetsOf(60).slice(20)];
  const audio = await read(packets);
  expect(audio.filter(({ kind }) => kind === 'opus')).toHaveLength(60);
  const rest = decoded(packets).subarray(60 * 480);
  expect(samplesOf(audio)).toHaveLength(rest.length);
  expect(correlation(rest, samplesOf(audio))).toBeGreaterThan(0.99);
});

test('a stream of which a whole frame is to be skipped is decoded', async () => {
  const audio = await read(packetsOf(FRAME_MS), { preSkip: 3840 });
  expect(audio.every(({ kind }) => kind === 'audio')).toBe(true);
  expect(bestLag(decoded(packetsOf(FRAME_MS)).subarray(1920), samplesOf(audio), 24).lag).toBe(0);
});

test('packets that are too large for the network are decoded', async () => {
  // Padded with 1116 bytes (RFC 6716, 3.2.5).
  const packets = packetsOf(FRAME_MS).map(([toc = 0, ...frame]) =>
    Uint8Array.from([toc | 3, 0x41, 255, 255, 255, 255, 100, ...frame, ...Array<number>(1116).fill(0)]),
  );
  const audio = await read(packets);
  expect(audio.every(({ kind }) => kind === 'audio')).toBe(true);
  expect(samplesOf(audio)).toEqual(decoded(packetsOf(FRAME_MS)).subarray(156));
});
