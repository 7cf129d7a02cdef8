import { beforeEach, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../codec/index.ts';
import { RtpSocket, Ticker } from '../rtp/index.ts';
import { ManualClock, settle, sine } from '../testing/index.ts';
import { Absence } from './absence.ts';
import { RtpMouth } from './mouth.ts';

const library = await OpusLibrary.load();
const told: string[] = [];

/** A mouth whose packets are counted, and a speech of a tone under way. */
async function speaking(ms: number) {
  const clock = new ManualClock();
  const ticker = new Ticker({ clock });
  const socket = await RtpSocket.open({ ip: '127.0.0.1' });
  const rtp = { remote: socket.address, ssrc: 1, payloadType: 111 };
  const inner = new RtpMouth({ rtp, socket, library, ticker, clock });
  const absence = new Absence({
    mouth: inner,
    clock,
    onNobody: () => told.push('nobody'),
    onSomebody: () => told.push('somebody'),
  });
  const speech = absence.mouth.speak({ rate: 24_000, signal: new AbortController().signal });
  await speech.write(sine(500, 24_000, (24_000 * ms) / 1000, 10_000));
  const over = speech.end();
  over.catch(() => {});
  const pass = async (span: number): Promise<void> => {
    for (let gone = 0; gone < span; gone += 20) await clock.advance(20);
    await settle();
  };
  const close = async (): Promise<void> => {
    inner.close();
    await socket.close();
  };
  return { absence, speech, pass, close };
}

beforeEach(() => {
  told.length = 0;
});

describe('while the only caller is gone', () => {
  test('nothing is said, and then the sentence goes on', async () => {
    const { absence, speech, pass, close } = await speaking(1000);
    absence.joined('ann');
    await pass(200);
    absence.away('ann');
    await pass(5000);
    expect(speech.playedMs).toBe(200);
    absence.back('ann', 0);
    await pass(100);
    expect(speech.playedMs).toBe(300);
    expect(told).toEqual(['nobody', 'somebody']);
    await close();
  });

  test('what was said into the void is said again', async () => {
    const { absence, speech, pass, close } = await speaking(2000);
    absence.joined('ann');
    await pass(1000);
    absence.away('ann');
    await pass(3000);
    // Nothing was heard from 400 ms before the loss was known.
    absence.back('ann', 3400);
    expect(speech.playedMs).toBeLessThanOrEqual(600);
    // A tone has no gap between words: it begins within the lead.
    expect(speech.playedMs).toBeGreaterThanOrEqual(0);
    await pass(2500);
    expect(speech.playedMs).toBe(2000);
    await close();
  });

  test('whoever speaks over it and falls silent does not let it go on', async () => {
    const { absence, speech, pass, close } = await speaking(1000);
    absence.joined('ann');
    await pass(100);
    absence.mouth.hold();
    absence.away('ann');
    absence.mouth.resume();
    await pass(1000);
    expect(speech.playedMs).toBe(100);
    expect(absence.mouth.held).toBe(true);
    await close();
  });
});

describe('where somebody else hears it', () => {
  test('the agent speaks on', async () => {
    const { absence, speech, pass, close } = await speaking(1000);
    absence.joined('ann');
    absence.joined('bob');
    absence.away('ann');
    await pass(200);
    expect(speech.playedMs).toBe(200);
    absence.back('ann', 5000);
    expect(speech.playedMs).toBe(200);
    expect(told).toEqual([]);
    await close();
  });

  test('or leaves for good, it waits for the one who may come back', async () => {
    const { absence, speech, pass, close } = await speaking(1000);
    absence.joined('ann');
    absence.joined('bob');
    absence.away('ann');
    absence.left('bob');
    await pass(200);
    expect(speech.playedMs).toBe(0);
    absence.joined('cid');
    await pass(200);
    expect(speech.playedMs).toBe(200);
    await close();
  });
});
