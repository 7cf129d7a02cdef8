import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../testing/index.ts';
import { JitterBuffer, type Pulled, type RtpPacket } from './index.ts';

const FRAME = 960;

interface Sent {
  /** Which 20 ms of the stream this is. */
  readonly frame: number;
  readonly sequence?: number;
  /** Ms from being sent to coming. */
  readonly delay?: number;
  readonly marker?: boolean;
  readonly ssrc?: number;
  /** Where the timestamps start. */
  readonly offset?: number;
  readonly empty?: boolean;
}

const packet = ({ frame, sequence = frame, marker = false, ssrc = 1, offset = 0, empty }: Sent): RtpPacket => ({
  payloadType: 111,
  marker,
  sequence: sequence & 0xffff,
  timestamp: (offset + frame * FRAME) >>> 0,
  ssrc,
  csrcs: [],
  extension: undefined,
  payload: empty ? new Uint8Array(0) : Uint8Array.of(frame & 0xff),
  padding: 0,
});

/** One letter or number for each 20 ms: the frame that was played, or what was there instead. */
const shown = (pulled: Pulled | undefined): string => {
  if (!pulled) return '-';
  if (pulled.kind === 'packet') return String(pulled.packet.payload[0]);
  if (pulled.kind === 'lost') return pulled.next ? 'fec' : 'lost';
  return pulled.kind;
};

/** Sends all, pulls each 20 ms from 0 on for `frames`, and shows what came out. */
function play(sent: readonly Sent[], frames: number, quiet = false, buffer = new JitterBuffer(OPTIONS)): string[] {
  const arrivals = sent.map((item) => ({ at: item.frame * 20 + (item.delay ?? 0), item })).sort((a, b) => a.at - b.at);
  const out: string[] = [];
  for (let tick = 0; tick < frames; tick++) {
    while (arrivals[0] && arrivals[0].at <= tick * 20) {
      const { at, item } = arrivals.shift()!;
      buffer.insert(packet(item), at);
    }
    let pulled = buffer.pull(tick * 20, quiet);
    while (pulled?.kind === 'packet' && pulled.surplus) pulled = buffer.pull(tick * 20, quiet);
    out.push(shown(pulled));
  }
  return out;
}

const OPTIONS = { packetMs: (payload: Uint8Array): number => (payload.length > 0 ? 20 : 0) };
const run = (from: number, to: number): Sent[] => Array.from({ length: to - from }, (_, i) => ({ frame: from + i }));
const without = (sent: readonly Sent[], ...frames: readonly number[]): Sent[] =>
  sent.filter(({ frame }) => !frames.includes(frame));
const names = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => String(from + i));

describe('packets that come in order', () => {
  test('are played 60 ms after they came', () => {
    expect(play(run(0, 20), 20)).toEqual(['-', '-', '-', ...names(0, 17)]);
  });

  test('go on over the wrap of sequence and timestamp', () => {
    const offset = 2 ** 32 - 5 * FRAME;
    const sent = run(0, 20).map((item) => ({ ...item, sequence: 65_530 + item.frame, offset }));
    expect(play(sent, 20)).toEqual(['-', '-', '-', ...names(0, 17)]);
  });

  test('may be of any length', () => {
    const buffer = new JitterBuffer({ packetMs: () => 60 });
    for (let i = 0; i < 4; i++) buffer.insert(packet({ frame: i * 3, sequence: i }), i * 60);
    const first = buffer.pull(60, false);
    expect(first).toMatchObject({ kind: 'packet', duration: 3 * FRAME });
    expect(buffer.pull(120, false)).toMatchObject({ kind: 'packet', packet: { timestamp: 2 ** 32 + 3 * FRAME } });
  });
});

describe('packets that come out of order', () => {
  test('are played in order', () => {
    const sent = run(0, 20).map((item) => ({ ...item, delay: item.frame % 2 === 0 ? 25 : 0 }));
    const out = play(sent, 23).filter((name) => name !== '-');
    expect(out.slice(0, 15)).toEqual(names(0, 15));
  });

  test('twice are played once', () => {
    const buffer = new JitterBuffer(OPTIONS);
    const twice = run(0, 20).flatMap((item) => [item, { ...item, delay: 7 }, { ...item, delay: 150 }]);
    expect(play(twice, 20, false, buffer)).toEqual(['-', '-', '-', ...names(0, 17)]);
    expect(buffer.stats).toMatchObject({ late: 0, lost: 0 });
    expect(buffer.stats.duplicates).toBeGreaterThan(30);
  });

  test('too late are left out and counted', () => {
    const buffer = new JitterBuffer(OPTIONS);
    const sent = run(0, 20).map((item) => (item.frame === 5 ? { ...item, delay: 90 } : item));
    const out = play(sent, 20, false, buffer);
    expect(out[8]).toBe('fec');
    expect(out.slice(9, 15)).toEqual(names(6, 12));
    expect(buffer.stats).toMatchObject({ late: 1, lost: 1 });
  });
});

describe('packets that are lost', () => {
  test('are named, with the next one where it follows', () => {
    expect(play(without(run(0, 20), 5, 9, 10), 20).slice(3)).toEqual([
      ...names(0, 5),
      'fec',
      ...names(6, 9),
      'lost',
      'fec',
      ...names(11, 17),
    ]);
  });

  test('in numbers that only padding took are no loss', () => {
    const probes = run(0, 10).map((item) => ({ ...item, sequence: item.frame * 2 }));
    const padding = run(0, 10).map(({ frame }) => ({ frame, sequence: frame * 2 + 1, empty: true }));
    const buffer = new JitterBuffer(OPTIONS);
    expect(play([...probes, ...padding], 12, false, buffer)).toEqual(['-', '-', '-', ...names(0, 9)]);
    expect(buffer.stats.lost).toBe(0);
  });

  test('before new speech that follows a silence are the last of it', () => {
    // Ten frames, a pause of four of which the last is lost, then 14 and 15.
    const sent: Sent[] = [...run(0, 10), { frame: 14, sequence: 11 }, { frame: 15, sequence: 12 }];
    expect(play(sent, 20).slice(12, 18)).toEqual(['9', 'empty', 'gap', 'gap', 'fec', '14']);
  });

  test('at the end of a spurt are the first of the silence, where the next spurt is marked', () => {
    const sent: Sent[] = [...run(0, 10), { frame: 12, sequence: 11, marker: true }, { frame: 13, sequence: 12 }];
    expect(play(sent, 18).slice(12, 18)).toEqual(['9', 'lost', 'gap', '12', '13', 'empty']);
  });

  test('or no audio at all are as good as lost', () => {
    const buffer = new JitterBuffer({ packetMs: (payload) => (payload[0] === 5 ? 0 : 20) });
    expect(play(run(0, 10), 12, false, buffer)[8]).toBe('fec');
    expect(buffer.stats).toMatchObject({ malformed: 1, lost: 1 });
  });
});

describe('silence that is not sent', () => {
  /** As a browser's DTX sends: speech, then one packet each 400 ms, then speech again. */
  const dtx: Sent[] = [
    ...run(0, 10),
    { frame: 20, sequence: 10 },
    { frame: 40, sequence: 11 },
    ...run(60, 70).map((item, i) => ({ ...item, sequence: 12 + i, marker: i === 0 })),
  ];

  test('keeps its time: speech comes as late after it as before it', () => {
    const out = play(dtx, 75);
    for (const frame of [0, 9, 20, 40, 60, 69]) expect(out.indexOf(String(frame))).toBe(frame + 3);
  });

  test('is no loss', () => {
    const buffer = new JitterBuffer(OPTIONS);
    const out = play(dtx, 75, false, buffer);
    expect(out.filter((name) => name === 'lost' || name === 'fec')).toEqual([]);
    expect(buffer.stats.lost).toBe(0);
  });

  test('of odd length is kept to the sample', () => {
    const buffer = new JitterBuffer(OPTIONS);
    for (let i = 0; i < 5; i++) buffer.insert(packet({ frame: i }), i * 20);
    buffer.insert(packet({ frame: 5, sequence: 5, offset: 500 }), 110);
    let gone = 0;
    for (let tick = 3; gone < 5.5 * FRAME; tick++) {
      const pulled = buffer.pull(tick * 20, false)!;
      if (pulled.kind === 'packet' && pulled.packet.sequence === 2 ** 16 + 5) break;
      gone += pulled.duration;
    }
    expect(gone).toBe(5 * FRAME + 500);
  });
});

describe('the delay', () => {
  const seconds = (n: number): Sent[] => run(0, n * 50);

  test('grows when packets keep coming late, up to 200 ms', () => {
    const random = seededRandom(3);
    const buffer = new JitterBuffer(OPTIONS);
    // A tenth is sent again and comes 80 to 180 ms late.
    const sent = seconds(20).map((item) => ({ ...item, delay: random() < 0.1 ? 80 + random() * 100 : random() * 5 }));
    const out = play(sent, 1000, false, buffer);
    expect(buffer.targetMs).toBeGreaterThan(160);
    expect(buffer.targetMs).toBeLessThanOrEqual(200);
    expect(buffer.delayMs).toBeGreaterThan(150);
    const missed = (from: number, to: number): number =>
      out.slice(from, to).filter((name) => !/^\d+$/.test(name)).length / (to - from);
    expect(missed(0, 100)).toBeGreaterThan(0.05);
    // Measured 0.024: the target lets the last three in a hundred go.
    expect(missed(500, 1000)).toBeLessThan(0.035);
  });

  test('shrinks again, but only in silence', () => {
    const random = seededRandom(3);
    const late = seconds(10).map((item) => ({ ...item, delay: random() < 0.2 ? 150 : 0 }));
    const calm = run(500, 1500);
    const talking = new JitterBuffer(OPTIONS);
    const words = play([...late, ...calm], 1500, false, talking);
    expect(talking.delayMs).toBeGreaterThan(150);
    expect(words.slice(700)).toEqual(words.slice(700).filter((name) => /^\d+$/.test(name)));
    const surplus = talking.pull(1500 * 20, true);
    expect(surplus).toMatchObject({ kind: 'packet', surplus: true });
  });

  test('shrinks at once where nothing is sent', () => {
    const random = seededRandom(3);
    const buffer = new JitterBuffer(OPTIONS);
    const late = seconds(10).map((item) => ({ ...item, delay: random() < 0.2 ? 150 : 0 }));
    const calm = run(500, 1300);
    const after = run(1340, 1360).map((item) => ({ ...item, sequence: item.frame - 40, marker: item.frame === 1340 }));
    const out = play([...late, ...calm, ...after], 1360, false, buffer);
    expect(buffer.delayMs).toBeLessThan(80);
    expect(out.lastIndexOf(String(1340 & 0xff)) - 1340).toBeLessThan(5);
  });

  test('stays where the network is calm', () => {
    const random = seededRandom(4);
    const buffer = new JitterBuffer(OPTIONS);
    const out = play(
      seconds(60).map((item) => ({ ...item, delay: random() * 15 })),
      3000,
      false,
      buffer,
    );
    expect(out.slice(4).filter((name) => !/^\d+$/.test(name))).toEqual([]);
    expect(buffer.delayMs).toBeLessThan(85);
  });

  test('follows a sender whose clock is slow or fast', () => {
    for (const skew of [0.9997, 1.0003]) {
      const buffer = new JitterBuffer(OPTIONS);
      const sent = seconds(120).map((item) => ({ ...item, delay: item.frame * 20 * (skew - 1) + 40 }));
      play(sent, 6000, true, buffer);
      expect(buffer.delayMs).toBeGreaterThan(8);
      expect(buffer.delayMs).toBeLessThan(45);
    }
  });
});

describe('a stream that starts anew', () => {
  test('with another SSRC is taken up from there', () => {
    const buffer = new JitterBuffer(OPTIONS);
    const next = run(20, 30).map((item) => ({ ...item, ssrc: 2, sequence: item.frame + 40_000, offset: 123_456_789 }));
    const out = play([...run(0, 20), ...next], 33, false, buffer);
    expect(out.slice(-10)).toEqual(names(20, 30));
    expect(buffer.stats.restarts).toBe(1);
  });

  test.each([
    ['ahead', 2 ** 31 - 999],
    ['back', 2 ** 32 - 90_000_000],
    ['back a little', 2 ** 32 - 15 * FRAME],
  ])('with timestamps that jump %s is taken up within a fifth of a second', (_, offset) => {
    const buffer = new JitterBuffer(OPTIONS);
    const out = play([...run(0, 50), ...run(50, 100).map((item) => ({ ...item, offset }))], 103, false, buffer);
    expect(out.slice(63)).toEqual(names(60, 100));
    expect(buffer.stats.restarts).toBe(1);
  });

  test('is not mistaken for one stray packet', () => {
    const buffer = new JitterBuffer(OPTIONS);
    const stray: Sent[] = [10, 20, 30].map((frame) => ({ frame, sequence: frame + 20_000, offset: 2 ** 30, delay: 3 }));
    const out = play([...run(0, 40), ...stray], 43, false, buffer);
    expect(out.slice(3)).toEqual(names(0, 40));
    expect(buffer.stats.restarts).toBe(0);
  });

  test('is not mistaken for a burst that comes all at once after a stall', () => {
    const buffer = new JitterBuffer(OPTIONS);
    const sent = run(0, 100).map((item) =>
      item.frame >= 30 && item.frame < 50 ? { ...item, delay: (50 - item.frame) * 20 } : item,
    );
    const out = play(sent, 103, false, buffer);
    expect(buffer.stats.restarts).toBe(0);
    const after = out
      .slice(53)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    expect(after).toEqual([...after].sort((a, b) => a - b));
    expect(after.length).toBeGreaterThan(40);
  });
});

test('holds two seconds at most, whatever comes at once', () => {
  const buffer = new JitterBuffer(OPTIONS);
  for (let frame = 0; frame < 10_000; frame++) buffer.insert(packet({ frame }), 0);
  expect(buffer.size).toBeLessThanOrEqual(100);
});

test('takes noise in every field without harm', () => {
  const random = seededRandom(9);
  const buffer = new JitterBuffer({ packetMs: () => [0, 2.5, 10, 20, 60, 120][Math.floor(random() * 6)]! });
  for (let i = 0; i < 20_000; i++) {
    const sequence = random() < 0.7 ? i : Math.floor(random() * 65_536);
    const offset = random() < 0.9 ? 0 : Math.floor(random() * 2 ** 32);
    buffer.insert(
      packet({ frame: i, sequence, offset, marker: random() < 0.1, ssrc: random() < 0.001 ? i : 1 }),
      i * 20,
    );
    const pulled = buffer.pull(i * 20, random() < 0.5);
    if (pulled) expect(pulled.duration).toBeGreaterThan(0);
  }
  expect(buffer.size).toBeLessThanOrEqual(100);
});
