import { describe, expect, test } from '@jest/globals';
import { ManualClock } from '../testing/manual-clock.ts';
import { ToolBox, ToolError, type ToolOutcome } from './index.ts';
import { scriptedTool, type ToolScript } from './testing/scripted-tool.ts';

const never = new AbortController().signal;

function make(...scripts: ToolScript[]) {
  const clock = new ManualClock();
  const logged: string[] = [];
  const log = (level: string, message: string): void => void logged.push(`${level}: ${message}`);
  const box = new ToolBox({
    sources: [{ tools: (scripts.length > 0 ? scripts : [{}]).map(scriptedTool) }],
    clock,
    log,
  });
  const call = (args = '{}', name = 'echo', signal = never): Promise<ToolOutcome> =>
    box.run({ id: '1', name, args }, { signal, session: 's1' });
  return { clock, logged, box, call };
}

const failed = (error: unknown) => ({ status: 'failed', content: JSON.stringify({ error }) });
const stuck = (): Promise<never> => new Promise(() => {});

describe('a call', () => {
  test('gives the tool its arguments and its conversation, and the model its result', async () => {
    let session = '';
    const run = async (args: object, context: { session: string }): Promise<string> => {
      session = context.session;
      return `got ${JSON.stringify(args)}`;
    };
    expect(await make({ run }).call('{"city":"Oslo"}')).toEqual({ status: 'done', content: 'got {"city":"Oslo"}' });
    expect(session).toBe('s1');
  });

  test('of a tool that is not there fails, and says so', async () => {
    expect(await make().call('{}', 'fly')).toEqual(failed('there is no tool "fly" now'));
  });

  test('that throws fails with the reason, on one line and not too long', async () => {
    const run = async () => {
      throw new Error(`no\nsuch city ${'x'.repeat(9999)}`);
    };
    const { content } = await make({ run }).call();
    expect(content).toMatch(/^\{"error":"no such city x+\.\.\."\}$/);
    expect(content.length).toBeLessThan(700);
  });

  test('that throws before it waits fails, too', async () => {
    const run = () => {
      throw new TypeError('broken');
    };
    expect(await make({ run }).call()).toEqual(failed('broken'));
  });

  test('that takes too long fails, and the tool is aborted', async () => {
    let aborted = false;
    const run = async (_: object, { signal }: { signal: AbortSignal }) => {
      signal.addEventListener('abort', () => (aborted = true));
      return stuck();
    };
    const { clock, call } = make({ run, timeoutMs: 5000 });
    const outcome = call();
    await clock.advance(4999);
    expect(aborted).toBe(false);
    await clock.advance(1);
    expect(await outcome).toEqual(failed('it gave no result in 5000 ms'));
    expect(aborted).toBe(true);
  });

  test('is cancelled by its signal, at once, though the tool does not listen', async () => {
    const stop = new AbortController();
    const outcome = make({ run: stuck }).call('{}', 'echo', stop.signal);
    stop.abort(new Error('barge-in'));
    expect(await outcome).toEqual({ status: 'cancelled', content: '{"error":"cancelled"}' });
  });

  test('is not begun when it was cancelled before', async () => {
    let begun = false;
    const run = async () => {
      begun = true;
      return '';
    };
    expect(await make({ run }).call('{}', 'echo', AbortSignal.abort())).toMatchObject({ status: 'cancelled' });
    expect(begun).toBe(false);
  });

  test('leaves no timer behind', async () => {
    const { clock, call, logged } = make();
    await call();
    await clock.advance(60_000);
    expect(logged).toEqual(['info: tool echo (webhook) done in 0 ms']);
  });

  test('gives no more of a result than the model should read, and says that it was cut', async () => {
    const run = async () => `${'x'.repeat(15_999)}\u{1F600}${'y'.repeat(50_000)}`;
    const { content } = await make({ run }).call();
    expect(content.slice(15_990)).toBe('xxxxxxxxx\n[cut here: only the first 16000 characters are shown]');
  });
});

describe('arguments', () => {
  const city = { type: 'string' };
  const parameters = {
    type: 'object',
    properties: { city, days: { type: 'integer', maximum: 7 } },
    required: ['city'],
  };

  test.each([
    ['not json', 'the arguments are not JSON: give one JSON object'],
    ['["Oslo"]', 'the arguments are not a JSON object'],
    ['null', 'the arguments are not a JSON object'],
    ['', 'the arguments do not fit: "city": is missing'],
    ['{"city":7}', 'the arguments do not fit: "city": Invalid input: expected string, received number'],
    ['{"city":"Oslo","days":9}', 'the arguments do not fit: "days": Too big: expected number to be <=7'],
  ])('like %j fail with what is to be mended', async (args, error) => {
    expect(await make({ parameters }).call(args)).toEqual(failed(error));
  });

  test('without end fail', async () => {
    expect(await make().call(`{"city":"${'x'.repeat(70_000)}"}`)).toEqual(failed('the arguments are too long'));
  });

  test('may be left out where none is needed', async () => {
    expect(await make().call('')).toEqual({ status: 'done', content: '{}' });
  });

  test('reach the tool as they were given, also those that the schema does not name', async () => {
    const args = '{"city":"Oslo","__proto__x":1,"more":[null]}';
    expect(await make({ parameters }).call(args)).toEqual({ status: 'done', content: args });
  });

  test('are left to the tool where its schema says what cannot be checked', async () => {
    const odd = { type: 'object', properties: { city: { type: 'strnig' } }, dependentRequired: {} };
    expect(await make({ parameters: odd }).call('{"city":7}')).toMatchObject({ status: 'done' });
  });

  const pattern = { type: 'object', properties: { word: { type: 'string', pattern: '^(a+)+$' } } };
  const word = JSON.stringify({ word: `${'a'.repeat(40)}!` });

  test('meet the patterns of whoever runs the server', async () => {
    expect(await make({ parameters: pattern }).call('{"word":"b"}')).toMatchObject({ status: 'failed' });
  });

  test.each(['client', 'mcp'] as const)(
    'never meet the patterns of the %s kind, which could hold up every call',
    async (origin) => {
      expect(await make({ parameters: pattern, origin }).call(word)).toMatchObject({ status: 'done' });
      const typed = make({ parameters: pattern, origin });
      expect(await typed.call('{"word":7}')).toMatchObject({ status: 'failed' });
    },
  );

  test("are not refused for what was left out of a stranger's schema", async () => {
    const $defs = { cat: { type: 'object', required: ['purr'] }, dog: { type: 'object', required: ['bark'] } };
    const pet = { oneOf: [{ $ref: '#/$defs/cat' }, { $ref: '#/$defs/dog' }] };
    const labels = { type: 'object', patternProperties: { '^x-': {} }, additionalProperties: false };
    const schema = { type: 'object', properties: { pet, labels }, $defs };
    const { call } = make({ parameters: schema, origin: 'mcp' });
    expect(await call('{"pet":{"purr":1},"labels":{"x-a":1}}')).toMatchObject({ status: 'done' });
  });
});

describe('names', () => {
  const names = (...scripts: ToolScript[]) =>
    make(...scripts)
      .box.specs()
      .map(({ name }) => name);

  test('stay as they are while they differ', () => {
    expect(names({ name: 'search', source: 'files' }, { name: 'list', source: 'files' })).toEqual(['search', 'list']);
  });

  test("get their server's name where they clash; a webhook keeps its own", () => {
    expect(names({ name: 'find' }, { name: 'find', source: 'files' }, { name: 'find', source: 'mail' })).toEqual([
      'find',
      'files_find',
      'mail_find',
    ]);
  });

  test('are unique even then', () => {
    const long = 'x'.repeat(70);
    const given = names(
      { name: 'a' },
      { name: 'a' },
      { name: `${long}1`, source: 's' },
      { name: `${long}2`, source: 's' },
    );
    expect(new Set(given).size).toBe(4);
    expect(given.every((name) => /^[\w-]{1,64}$/.test(name))).toBe(true);
  });

  test('hold only what models take', () => {
    expect(names({ name: 'files/read.all' })).toEqual(['files_read_all']);
  });

  test('with the prefix find the tool also when the other one has gone', async () => {
    const { box } = make({ name: 'find', source: 'files', origin: 'mcp' });
    expect(box.specs()[0]?.name).toBe('find');
    expect(box.find('files_find')?.source).toBe('files');
  });

  test('beyond 128 are left out, the last ones first, and that is said once', () => {
    const { box, logged } = make(...Array.from({ length: 130 }, (_, i) => ({ name: `t${i}` })));
    expect(box.specs()).toHaveLength(128);
    box.specs();
    expect(logged).toEqual([expect.stringContaining('warn: more than 128 tools: 2 are left out')]);
  });
});

test('a schema is given in the form that every model server takes', () => {
  const { box } = make({ parameters: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' } });
  expect(box.specs()[0]?.parameters).toEqual({ type: 'object', properties: {} });
});

test('the log tells what happened, and nothing of what was said', async () => {
  const run = async () => {
    throw new ToolError('the service answered 500', 'secret words');
  };
  const { call, logged } = make({ run }, { name: 'typed', parameters: { properties: { n: { type: 'number' } } } });
  await call('{"city":"secret"}');
  await call('{"n":"secret"}', 'typed');
  await call('{"city":"secret"}', 'secret');
  expect(logged).toEqual([
    'warn: tool echo (webhook) failed in 0 ms: the service answered 500',
    'warn: tool typed (webhook) failed in 0 ms: the arguments do not fit',
    'warn: a tool that is not there failed in 0 ms: the language model made it up, or it has gone',
  ]);
});
