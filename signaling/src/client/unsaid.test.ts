import { beforeEach, expect, test } from '@jest/globals';
import { SignalingError } from './errors.ts';
import type { Link } from './link.ts';
import { Unsaid } from './unsaid.ts';

/** What reached a server, by the call of the tool that it answers. */
let heard: string[];
let problems: unknown[];
let failure: SignalingError | undefined;
let link: Pick<Link, 'request'> | undefined;
let unsaid: Unsaid;

const someLink = () =>
  ({
    request: async (_name: string, { call }: { call: string }) => {
      if (failure) throw failure;
      heard.push(call);
    },
  }) as Pick<Link, 'request'>;
const say = (call: string) => unsaid.say('tool-result', { call, result: 'done' });

beforeEach(() => {
  heard = [];
  problems = [];
  failure = undefined;
  link = someLink();
  unsaid = new Unsaid(
    () => link,
    (error) => problems.push(error),
  );
});

test('what a broken connection kept from the server is told once it is back, in order', async () => {
  failure = SignalingError.disconnected('transport close');
  await say('one');
  await say('two');
  failure = undefined;
  unsaid.sayAgain();
  unsaid.sayAgain();
  expect(heard).toEqual(['one', 'two']);
  expect(problems).toEqual([]);
});

test('what the server refuses is a problem, and not told again', async () => {
  failure = SignalingError.refused({ code: 'not-found', message: 'No such call' });
  await say('one');
  unsaid.sayAgain();
  expect(problems).toEqual([failure]);
  expect(heard).toEqual([]);
});

test('what was meant for a link that is no more is told to no other', async () => {
  failure = SignalingError.disconnected('transport close');
  const saying = say('one');
  link = someLink();
  await saying;
  failure = undefined;
  unsaid.sayAgain();
  expect([heard, problems]).toEqual([[], []]);
});

test('of all too much, the latest is dropped', async () => {
  failure = SignalingError.disconnected('transport close');
  for (let i = 1; i <= 40; i++) await say(`${i}`);
  failure = undefined;
  unsaid.sayAgain();
  expect(heard).toHaveLength(32);
  expect(heard.at(-1)).toBe('32');
});
