import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AGENT_PRODUCER, answers, CALLER_ID } from '../testing/answers.ts';
import { FakeAudio, FakeDevice, FakeMedia, installMediaStream } from '../testing/browser-doubles.ts';
import { Refusal, ScriptedServer } from '../testing/scripted-server.ts';
import { Call } from './call.ts';
import type { CallOptions } from './call-options.ts';
import { wasInCall } from './kept-call.ts';
import { RECONNECT_DEFAULTS } from './reconnect.ts';
import type { CallState } from './state.ts';

let server: ScriptedServer;
let device: FakeDevice;
let media: FakeMedia;
let call: Call;
let told: unknown[];

const transcript = (turn: number, text: string) => ({ turn, callerId: CALLER_ID, text, final: true });
const withAgent = () => ({ ...answers.join({}), producers: [AGENT_PRODUCER] });

function makeCall(options: CallOptions = {}): Call {
  call = new Call({
    url: server.url,
    audio: new FakeAudio().asElement(),
    loadDevice: device.load,
    media,
    reconnect: { ...RECONNECT_DEFAULTS, firstMs: 10, maxMs: 20, giveUpMs: 3000 },
    ...options,
  });
  for (const name of ['joined', 'transcript', 'reply-text'] as const)
    call.on(name, (event) => told.push([name, event]));
  return call;
}

const reaches = (kind: CallState['kind']): Promise<void> =>
  new Promise((resolve) => {
    if (call.state.kind === kind) return resolve();
    const stop = call.on('state', (state) => {
      if (state.kind !== kind) return;
      stop();
      resolve();
    });
  });
const texts = () => told.flatMap((each) => ((each as [string, { text?: string }])[1].text ?? []) as string[]);
const asked = (name: string) => server.asked.filter((each) => each === name);

beforeEach(async () => {
  installMediaStream();
  told = [];
  device = new FakeDevice();
  media = new FakeMedia();
  server = await ScriptedServer.start({ join: withAgent });
});
afterEach(async () => {
  call?.leave();
  await server.stop();
});

/** A call whose audio passes. */
async function talking(): Promise<void> {
  await makeCall().join();
  await server.until('resume-consumer');
  device.report('send', 'connected');
  device.report('recv', 'connected');
}

describe('a connection that drops', () => {
  test('is taken up as the same caller: nothing is joined, nothing rebuilt', async () => {
    await talking();
    await server.until('playing');
    server.drop();
    await server.until('resume');
    await reaches('in-call');
    // The agent may go on: it is heard again.
    await server.until('playing', 2);
    expect(asked('join')).toHaveLength(1);
    expect(asked('create-transport')).toHaveLength(2);
    expect(asked('restart-ice')).toEqual([]);
    expect(told.filter((each) => (each as [string])[0] === 'joined')).toHaveLength(1);
  });

  test('uses each secret once', async () => {
    await talking();
    for (const times of [1, 2]) {
      server.drop();
      await server.until('resume', times);
      await reaches('in-call');
    }
    const secrets = server.received.filter(({ name }) => name === 'resume').map(({ message }) => message);
    expect(secrets).toMatchObject([{ secret: 'secret-1' }, { secret: 'secret-1+' }]);
  });

  test('restarts ICE where the audio broke meanwhile', async () => {
    await talking();
    server.drop();
    await reaches('reconnecting');
    device.report('recv', 'disconnected');
    await server.until('restart-ice', 2);
    device.report('recv', 'connected');
    await reaches('in-call');
    expect(asked('create-transport')).toHaveLength(2);
  });

  test('shows what was missed, and nothing twice', async () => {
    await talking();
    server.notify('transcript', transcript(1, 'one'), 1);
    await new Promise((resolve) => call.on('transcript', resolve));
    server.drop();
    await server.until('resume');
    expect(server.received.findLast(({ name }) => name === 'resume')?.message).toMatchObject({ seen: 1 });
    await reaches('in-call');
    const last = new Promise<void>((resolve) => call.on('transcript', ({ text }) => text === 'three' && resolve()));
    server.notify('transcript', transcript(1, 'one'), 1);
    server.notify('transcript', transcript(2, 'two'), 2);
    server.notify('transcript', transcript(3, 'three'), 3);
    await last;
    expect(texts()).toEqual(['one', 'two', 'three']);
  });

  test('takes the whole room anew where too much was missed', async () => {
    await talking();
    const { captions: _, ...rest } = { captions: [], ...answers.resume({ secret: 'x' }) };
    server.script = {
      resume: () => ({
        ...rest,
        seq: 900,
        snapshot: {
          producers: [AGENT_PRODUCER, { producerId: 'bob-voice', peerId: 'bob' }],
          peers: [{ peerId: 'bob', muted: false, away: false }],
          agentState: 'idle',
          captions: [{ kind: 'transcript', ...transcript(7, 'seven') }],
        },
      }),
    };
    server.drop();
    await server.until('consume', 2);
    expect(told).toContainEqual(['transcript', { ...transcript(7, 'seven'), past: true }]);
    expect(told.filter((each) => (each as [string])[0] === 'joined')).toHaveLength(2);
    await reaches('in-call');
  });

  test('keeps what a tool has answered until it is back', async () => {
    let finish: (value: string) => void = () => {};
    makeCall().registerTool({ name: 'slow', description: 'Takes its time.' }, () => {
      return new Promise<string>((resolve) => (finish = resolve));
    });
    await call.join();
    server.notify('tool-call', { call: 'c1', name: 'slow', args: '{}' });
    await new Promise((resolve) => setTimeout(resolve, 30));
    server.drop();
    await reaches('reconnecting');
    finish('done');
    expect((await server.until('tool-result')).message).toEqual({ call: 'c1', result: 'done' });
  });
});

describe('a page that is reloaded in a call', () => {
  const store = new Map<string, string>();
  const page = new EventTarget();
  beforeEach(() => {
    store.clear();
    Object.assign(globalThis, {
      sessionStorage: {
        getItem: (key: string) => store.get(key) ?? null,
        setItem: (key: string, value: string) => store.set(key, value),
        removeItem: (key: string) => store.delete(key),
      },
      addEventListener: page.addEventListener.bind(page),
      removeEventListener: page.removeEventListener.bind(page),
    });
  });
  afterEach(() => {
    for (const name of ['sessionStorage', 'addEventListener', 'removeEventListener'])
      Reflect.deleteProperty(globalThis, name);
  });

  /** What a reload does to the page that goes. */
  function reload(): void {
    page.dispatchEvent(new Event('pagehide'));
    server.drop();
  }

  test('goes on as the same caller, still muted, with all that was said', async () => {
    await makeCall({ surviveReload: true }).join({ room: 'tea' });
    expect(store.size).toBe(0);
    reload();
    call.leave();
    told = [];
    expect(wasInCall()).toBe(true);
    const { producers: __, ...rest } = { producers: [], ...answers.resume({ secret: 'x' }) };
    server.script = {
      resume: () => ({
        ...rest,
        muted: true,
        snapshot: {
          producers: [],
          peers: [],
          agentState: 'speaking',
          captions: [{ kind: 'transcript', ...transcript(1, 'hello') }],
        },
      }),
    };
    await makeCall({ surviveReload: true }).join();
    expect(server.received.findLast(({ name }) => name === 'resume')?.message).toEqual({ secret: 'secret-1' });
    expect(asked('join')).toHaveLength(1);
    expect(call.state).toMatchObject({ kind: 'in-call', callerId: CALLER_ID, muted: true });
    expect(texts()).toEqual(['hello']);
    expect(media.opened.at(-1)?.enabled).toBe(false);
    // A tab that is duplicated finds nothing.
    expect(wasInCall()).toBe(false);
  });

  test('joins anew where the server has not waited', async () => {
    await makeCall({ surviveReload: true }).join();
    reload();
    call.leave();
    server.script = { resume: () => new Refusal('not-resumable') };
    await makeCall({ surviveReload: true }).join();
    expect(asked('join')).toHaveLength(2);
  });

  test('keeps nothing of a call that was left', async () => {
    await makeCall({ surviveReload: true }).join();
    call.leave();
    reload();
    expect(wasInCall()).toBe(false);
  });

  test('resumes nothing where another room is wanted', async () => {
    await makeCall({ surviveReload: true }).join({ room: 'tea' });
    reload();
    call.leave();
    await makeCall({ surviveReload: true }).join({ room: 'coffee' });
    expect(asked('resume')).toEqual([]);
  });
});
