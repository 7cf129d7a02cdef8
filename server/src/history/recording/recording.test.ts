import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ManualClock } from '@parley/agent/testing';
import { createLogger } from '../../observe/index.ts';
import { readOgg, splitPair } from '../testing/ogg-file.ts';
import { Recording } from './recording.ts';

const NOTHING = 'f8fffe';
/** A packet of 20 ms that nobody decodes; its payload says where it belongs. */
const voice = (slot: number): Buffer => Buffer.from(`f8${slot.toString(16).padStart(4, '0')}`, 'hex');
const spoken = (slot: number): string => voice(slot).toString('hex');

function rtp(payload: Uint8Array, ticks: number): Buffer {
  const header = Buffer.alloc(12);
  header.set([0x80, 111]);
  header.writeUInt32BE(ticks >>> 0, 4);
  return Buffer.concat([header, payload]);
}

describe('a recording', () => {
  let folder: string;
  let file: string;
  let clock: ManualClock;
  let recording: Recording;
  let logged: string[];
  const begin = (at = join(folder, 'call', 'caller.ogg')): void => {
    file = at;
    const write = (line: string): void => void logged.push(JSON.parse(line).msg);
    const log = createLogger({ level: 'info', format: 'json' }, { write });
    recording = Recording.start({ file, elapsedMs: () => clock.now(), log, clock });
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-recording-'));
    clock = new ManualClock();
    logged = [];
    begin();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Goes to a time, and lets what is due happen on the way. */
  const until = (ms: number): Promise<void> => clock.advance(ms - clock.now());
  /** A microphone's 20 ms, sent when they are over. */
  const hear = async (slot: number, { ticks = slot * 960, delayMs = 0 } = {}): Promise<void> => {
    await until(Math.max(clock.now(), (slot + 1) * 20 + delayMs));
    recording.caller.put(rtp(voice(slot), ticks), clock.now());
  };
  const written = async (): Promise<{ left: string[]; right: string[] }> => {
    await recording.close();
    const pairs = readOgg(readFileSync(file)).packets.slice(2).map(splitPair);
    return { left: pairs.map(({ left }) => left), right: pairs.map(({ right }) => right) };
  };

  test('begins with a header for two streams of one channel each, and ends with a last page', async () => {
    await until(1000);
    await recording.close();
    const { packets, granules, ended } = readOgg(readFileSync(file));
    expect(packets[0]?.toString('hex')).toBe(
      `${Buffer.from('OpusHead').toString('hex')}01023801${'80bb0000'}0000${'01'}${'0200'}${'0001'}`,
    );
    expect(packets[1]?.toString()).toMatch(/^OpusTags/);
    expect(packets).toHaveLength(2 + 50);
    expect(granules.at(-1)).toBe(48_000);
    expect(ended).toBe(true);
  });

  test('puts each side where it was said on the clock of the call, and silence between', async () => {
    for (const slot of [10, 11, 12]) await hear(slot);
    recording.agent.put(rtp(voice(40), 7_000_000), 40 * 20);
    recording.agent.put(rtp(voice(41), 7_000_960), 41 * 20 + 3);
    await until(1000);
    const { left, right } = await written();
    const silence = Array<string>(50).fill(NOTHING);
    expect(left).toEqual(silence.with(10, spoken(10)).with(11, spoken(11)).with(12, spoken(12)));
    expect(right).toEqual(silence.with(40, spoken(40)).with(41, spoken(41)));
  });

  test('goes by the RTP clock: jitter, disorder, a gap and timestamps that wrap move nothing', async () => {
    const start = 0xffff_ffff - 5 * 960;
    const at = (slot: number): number => start + slot * 960;
    await hear(0, { ticks: at(0) });
    await hear(1, { ticks: at(1), delayMs: 15 });
    await hear(3, { ticks: at(3), delayMs: 40 });
    await hear(2, { ticks: at(2), delayMs: 65 });
    await hear(20, { ticks: at(20), delayMs: 10 });
    await until(800);
    const { left } = await written();
    const expected = Array<string>(40).fill(NOTHING);
    for (const slot of [0, 1, 2, 3, 20]) expected[slot] = spoken(slot);
    expect(left).toEqual(expected);
  });

  test('follows a sender whose clock is slow, so that minutes later both sides are still in step', async () => {
    // Two thousandths slow: after a minute 120 ms would be missing.
    let worst = 0;
    for (let n = 0; n < 3000; n++) {
      const at = n * 20.04 + 20;
      await until(at);
      recording.caller.put(rtp(voice(n), n * 960), at);
    }
    const { left } = await written();
    left.forEach((packet, slot) => {
      if (packet === NOTHING) return;
      const said = Number.parseInt(packet.slice(2), 16);
      worst = Math.max(worst, Math.abs(slot * 20 - said * 20.04));
    });
    expect(worst).toBeLessThan(80);
    expect(left.filter((packet) => packet !== NOTHING).length).toBeGreaterThan(2990);
  }, 20_000);

  test('of a caller who came later begins with silence', async () => {
    await recording.close();
    await until(60_000);
    begin(join(folder, 'call', 'late.ogg'));
    await until(61_000);
    await hear(3055);
    await until(62_000);
    const { left } = await written();
    expect(left).toHaveLength(3100);
    expect(left.findIndex((packet) => packet !== NOTHING)).toBe(3055);
  });

  test('is whole up to the last second at any time', async () => {
    await hear(1);
    await until(5000);
    // Appending is not waited for in a call; here it is.
    await new Promise((resolve) => setImmediate(resolve));
    await recording.close();
    const { ended, ...whole } = readOgg(readFileSync(file));
    expect(ended).toBe(true);
    // A page each second, and two of headers.
    expect(whole.granules.slice(2, 6)).toEqual([28_800, 76_800, 124_800, 172_800]);
  });

  test('that cannot be written ends, says so once, and harms nobody', async () => {
    await recording.close();
    begin('/dev/null/no/file.ogg');
    await until(10_000);
    await recording.close();
    expect(logged).toEqual(['a recording ends early; the call goes on']);
  });
});
