import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { LineNews } from '../contracts/index.ts';
import { rms, sessionSettings, speechClip } from '../testing/index.ts';
import { startAgentHost } from './client.ts';
import type { AgentHost, AgentSession } from './contract.ts';

const module = new URL('../testing/scripted-host.ts', import.meta.url);
const MOUTH = { remote: { ip: '127.0.0.1', port: 9 }, ssrc: 2222, payloadType: 100 };

/** What a line is told, and a way to wait for it. */
class Told {
  readonly news: LineNews[] = [];
  readonly #waiting = new Set<() => void>();

  readonly hear = (news: LineNews): void => {
    this.news.push(news);
    for (const check of this.#waiting) check();
  };

  until<K extends LineNews['kind']>(kind: K, count = 1): Promise<Extract<LineNews, { kind: K }>> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.news.filter((each) => each.kind === kind)[count - 1];
        if (!found) return;
        this.#waiting.delete(check);
        resolve(found as Extract<LineNews, { kind: K }>);
      };
      this.#waiting.add(check);
      check();
    });
  }

  get kinds(): string[] {
    return this.news.map(({ kind }) => kind).filter((kind, i, all) => kind !== all[i - 1]);
  }
}

describe('a caller who speaks and hears by PCM', () => {
  let host: AgentHost;
  beforeAll(async () => {
    host = await startAgentHost({ engines: {} as never, tools: {} as never, module });
  });
  afterAll(() => host.close());

  let calls = 0;
  async function call(rate: number, byRtp = false): Promise<{ session: AgentSession; told: Told }> {
    const told = new Told();
    const settings = sessionSettings({ endpointingMs: 400 });
    const session = await host.open({ id: `line-${++calls}`, settings, onEvent: () => {} });
    session.connectMouth(MOUTH);
    session.callerJoined('ann');
    session.openLine({ callerId: 'ann', rate, voiceRate: rate, ...(byRtp && { byRtp }) }, told.hear);
    session.callerPlaying('ann');
    return { session, told };
  }
  const clip = (): Int16Array => speechClip('jfk').samples.slice(0, 16_000 * 2);

  test('is heard, answered and told of it step by step', async () => {
    const { session, told } = await call(16_000);
    const samples = clip();
    session.tellLine('ann', { do: 'hear', samples });
    expect(samples.length).toBe(0);
    const began = await told.until('reply-began');
    expect(began).toMatchObject({ turn: 1, reply: 1 });
    await told.until('voice', 40);
    expect(told.kinds.slice(0, 4)).toEqual(['turn-opened', 'turn-taken', 'reply-began', 'voice']);
    const [opened, taken] = told.news as { atMs: number }[];
    expect(opened?.atMs).toBeLessThan(taken?.atMs as number);
    expect(taken?.atMs).toBeLessThanOrEqual(2000);
    const voice = await told.until('voice', 20);
    expect(voice.samples).toHaveLength(320);
    expect(rms(voice.samples)).toBeGreaterThan(1000);

    session.interrupt();
    const over = await told.until('reply-over');
    expect(over).toMatchObject({ reply: 1, status: 'cut' });
    expect('You said utterance number 1. I will go on about that for a while.').toContain(over.text);
    session.tellLine('ann', { do: 'shorten', reply: 1, heardMs: 420 });
    expect(await told.until('shortened')).toEqual({ kind: 'shortened', reply: 1, text: 'You said' });
    await session.close('room-closed');
  });

  test('hears at its own rate, and has whole recordings recognised that are no turns', async () => {
    const { session, told } = await call(8000);
    session.tellLine('ann', { do: 'recognise', job: 7, samples: new Int16Array(8000) });
    expect(await told.until('recognised')).toMatchObject({ job: 7, text: expect.stringMatching(/^utterance number/) });
    expect(told.kinds).toEqual(['recognised']);
    session.text('ann', 'Hello.');
    expect((await told.until('voice', 5)).samples).toHaveLength(160);
    await session.close('room-closed');
  });

  test('is told the same where its audio goes by RTP, and of the voice only that it leaves', async () => {
    const { session, told } = await call(16_000, true);
    session.text('ann', 'Hello.');
    await told.until('voiced', 20);
    session.interrupt();
    expect(await told.until('reply-over')).toMatchObject({ reply: 1, status: 'cut' });
    expect(told.kinds).toEqual(['turn-taken', 'reply-began', 'voiced', 'reply-over']);
    session.tellLine('ann', { do: 'recognise', job: 7, samples: new Int16Array(8000) });
    expect(await told.until('recognised')).toMatchObject({ job: 7 });
    session.callerLeft('ann');
    await session.close('room-closed');
  });
});
