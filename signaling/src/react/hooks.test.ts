import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { Call } from '../client/call.ts';
import type { CallOptions } from '../client/call-options.ts';
import { CALLER_ID } from '../testing/answers.ts';
import { FakeAudio, FakeDevice, FakeMedia, installMediaStream } from '../testing/browser-doubles.ts';
import { Refusal, ScriptedServer } from '../testing/scripted-server.ts';
import { CallSource } from './call-source.ts';
import { useParleyCall } from './hooks.ts';

let server: ScriptedServer;
let source: CallSource;
const media = new FakeMedia();
const options = (): CallOptions => ({
  url: server.url,
  audio: new FakeAudio().asElement(),
  loadDevice: new FakeDevice().load,
  media,
});

beforeEach(async () => {
  installMediaStream();
  server = await ScriptedServer.start();
  source = new CallSource(() => new Call(options()));
});
afterEach(async () => {
  source.leave();
  await server.stop();
});

/** Resolves when the view looks so. */
function until(looks: (view: ReturnType<CallSource['view']>) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!looks(source.view())) return;
      stop();
      resolve();
    };
    const stop = source.subscribe(look);
    look();
  });
}

describe('a call as components see it', () => {
  test('is one object that changes with each event, and stays the same in between', async () => {
    const before = source.view();
    expect(source.view()).toBe(before);
    await source.actions.join({ room: 'tea' });
    const inCall = source.view();
    expect(inCall).not.toBe(before);
    expect(inCall.state).toMatchObject({ kind: 'in-call', room: 'tea' });
    expect(source.view()).toBe(inCall);
  });

  test('has the lines of the conversation, each once', async () => {
    await source.actions.join();
    const said = { turn: 1, callerId: CALLER_ID, final: false };
    server.notify('transcript', { ...said, text: 'hel' }, 1);
    server.notify('transcript', { ...said, text: 'hello', final: true }, 2);
    server.notify('reply-text', { turn: 1, reply: 1, text: 'Hi.', final: true, interrupted: false }, 3);
    await until(({ lines }) => lines.at(-1)?.speaker === 'agent');
    expect(source.view().lines.map(({ text }) => text)).toEqual(['hello', 'Hi.']);
  });

  test('has the others, who come, change and go', async () => {
    await source.actions.join();
    const bob = { peerId: 'bob', displayName: 'Bob', muted: false, away: false };
    server.notify('peer-joined', bob, 1);
    server.notify('peer-changed', { ...bob, away: true }, 2);
    await until(({ peers }) => peers[0]?.away === true);
    expect(source.view().peers).toHaveLength(1);
    server.notify('peer-left', { peerId: 'bob' }, 3);
    await until(({ peers }) => peers.length === 0);
  });

  test('tells in its state why it could not begin, and can begin again', async () => {
    server.script = { join: () => new Refusal('room-full') };
    await source.actions.join();
    expect(source.view().state).toMatchObject({ kind: 'ended', error: { code: 'room-full' } });
    server.script = {};
    await source.actions.join();
    expect(source.view().state.kind).toBe('in-call');
  });

  test('switches its microphone without a new producer', async () => {
    await source.actions.join();
    await source.actions.switchMicrophone('two');
    expect(media.asked.at(-1)).toMatchObject({ audio: { deviceId: { exact: 'two' } } });
    expect(server.asked.filter((name) => name === 'produce')).toHaveLength(1);
  });
});

test('a component shows a call that has not begun', () => {
  const Shown = () => {
    const { state, lines, join } = useParleyCall();
    return createElement('p', { onClick: () => join() }, `${state.kind} ${lines.length}`);
  };
  expect(renderToString(createElement(Shown))).toBe('<p>idle 0</p>');
});
