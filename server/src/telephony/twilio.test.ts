// Whole telephone calls: Twilio's end is a double in real time, with recorded speech; the agent is a real thread.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { TestApp } from '../testing/app.ts';
import { AUTH_TOKEN, speech8k, startTalkingHouse } from './testing/house.ts';
import { TwilioDouble } from './testing/twilio-double.ts';

/** Making an embedded database takes seconds. */
jest.setTimeout(90_000);

const GREETING = 'Welcome to the house of many voices.';
/** Of a scripted voice, in ms. */
const MS_PER_CHARACTER = 50;
/** What Twilio keeps in hand of what it plays, in ms. */
const BUFFER_MS = 150;
/** From the onset of somebody's words over the agent's until Twilio is told to be silent, in ms. */
const LONGEST_CLEAR_MS = 700;

/** By so many characters the estimates of what was heard may differ. */
const LONGEST_WORD = 7;
/** What was measured, in ms; shown where PARLEY_FIGURES is set. */
const figures: [string, number][] = [];

interface Kept {
  readonly calls: { readonly call: string; readonly endedAt?: string }[];
  readonly said: { readonly speaker: string; readonly text: string; readonly interrupted: boolean }[];
}

let house: TestApp;
let dataDir: string;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'parley-telephony-'));
  house = await startTalkingHouse({
    telephony: { twilio: { authToken: AUTH_TOKEN }, greeting: GREETING },
    server: { dataDir },
    history: { enabled: true },
    limits: { requestsPerMinute: 100_000 },
  });
});
afterAll(async () => {
  await house.close();
  rmSync(dataDir, { recursive: true });
  if (process.env.PARLEY_FIGURES) console.table(Object.fromEntries(figures));
});

const isCallers = ({ speaker }: Kept['said'][number]): boolean => speaker === 'caller';

const dial = (parameters: Record<string, string>): Promise<TwilioDouble> =>
  TwilioDouble.call({ url: house.url, authToken: AUTH_TOKEN, bufferMs: BUFFER_MS, parameters });

/** Asks again until the answer is as it should be; what is written is read a moment later. */
async function eventually(path: string, fits: (body: Kept) => boolean): Promise<Kept> {
  for (;;) {
    const answer = await fetch(house.url + path);
    const body = answer.ok ? ((await answer.json()) as Kept) : undefined;
    if (body && fits(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('who telephones', () => {
  test('is greeted, is answered, and interrupts; what is kept is what was heard', async () => {
    const twilio = await dial({ from: '+14158675309' });
    await twilio.quiet();
    const greetingMs = twilio.heardMs;
    expect(greetingMs).toBeGreaterThan(GREETING.length * MS_PER_CHARACTER * 0.9);
    const greeting = twilio.of('media').length;
    expect(twilio.of('mark').length).toBeGreaterThanOrEqual(Math.floor(greeting / 10));

    const said = await twilio.say(speech8k('weatherlike'));
    const answer = await twilio.until('media', greeting + 1);
    expect(answer.at).toBeGreaterThan(said.toAt);
    await twilio.until('media', greeting + 60);
    const interrupting = twilio.say(speech8k('jfk'));
    const clear = await twilio.until('clear');
    const heardMs = twilio.heardMs - greetingMs;
    const { fromAt } = await interrupting;
    const silentAt = twilio.of('media').findLast(({ at }) => at < clear.at)?.at ?? clear.at;
    figures.push(['end of speech to answer', answer.at - said.toAt], ['onset to clear', clear.at - fromAt]);
    figures.push(['onset to the last of the voice that is sent', silentAt - fromAt]);
    expect(clear.at - fromAt).toBeLessThan(LONGEST_CLEAR_MS);
    await twilio.until('media', twilio.of('media').length + 1);
    twilio.hangUp();
    expect(await twilio.closed()).toEqual({ code: 1000, reason: 'the call is over' });

    const { calls } = await eventually('/v1/calls', (body) => body.calls[0]?.endedAt !== undefined);
    const path = `/v1/calls/${calls[0]?.call}/transcript`;
    const { said: kept } = await eventually(path, (body) => body.said.filter(isCallers).length === 2);
    const [first, second, third, fourth] = kept;
    expect(first).toMatchObject({ speaker: 'agent', text: GREETING, interrupted: false });
    expect(second).toMatchObject({ speaker: 'caller', text: 'tell me a story' });
    expect(third).toMatchObject({ speaker: 'agent', interrupted: true });
    expect(fourth).toMatchObject({ speaker: 'caller', text: 'how is the weather' });
    // Whole words, up to where Twilio had played.
    const words = 'You said tell me a story. I will go on about that for a while.'.split(/(?<=\s)/);
    const heard = words.filter(
      (_, i) =>
        words
          .slice(0, i + 1)
          .join('')
          .trim().length *
          MS_PER_CHARACTER <=
        heardMs,
    );
    expect(Math.abs(heard.join('').trim().length - (third?.text.length ?? 0))).toBeLessThanOrEqual(LONGEST_WORD);
  });

  test('is answered by keys, and let go when the room is ended', async () => {
    const twilio = await dial({ name: 'Ada' });
    await twilio.quiet();
    const greeting = twilio.of('media').length;
    for (const digit of '42#') twilio.press(digit);
    await twilio.until('media', greeting + 1);
    const { rooms } = (await (await fetch(`${house.url}/v1/rooms`)).json()) as { rooms: { room: string }[] };
    await fetch(`${house.url}/v1/rooms/${rooms[0]?.room}`, { method: 'DELETE' });
    expect(await twilio.closed()).toMatchObject({ code: 1000, reason: 'the call is over: room-closed' });
  });
});
