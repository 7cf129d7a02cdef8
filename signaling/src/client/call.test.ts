import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AGENT_PRODUCER, answers, CALLER_ID } from '../testing/answers.ts';
import { FakeAudio, FakeDevice, FakeMedia, installMediaStream } from '../testing/browser-doubles.ts';
import { Refusal, ScriptedServer, Silence } from '../testing/scripted-server.ts';
import { Call } from './call.ts';
import type { CallOptions, JoinOptions } from './call-options.ts';
import { RECONNECT_DEFAULTS } from './reconnect.ts';
import type { CallState } from './state.ts';

let server: ScriptedServer;
let device: FakeDevice;
let media: FakeMedia;
let audio: FakeAudio;
let call: Call;
const states: string[] = [];
const heard: unknown[] = [];

const withAgent = () => ({ ...answers.join({}), producers: [AGENT_PRODUCER] });

function makeCall(options: CallOptions = {}): Call {
  call = new Call({
    url: server.url,
    audio: audio.asElement(),
    loadDevice: device.load,
    media,
    reconnect: { ...RECONNECT_DEFAULTS, firstMs: 10, maxMs: 20, giveUpMs: 300 },
    ...options,
  });
  call.on('state', (state) => states.push(state.kind));
  for (const name of ['agent-state', 'transcript', 'reply-text', 'turn-metrics', 'problem'] as const) {
    call.on(name, (event) => heard.push([name, event]));
  }
  return call;
}

const join = (options: JoinOptions = {}, callOptions: CallOptions = {}) => makeCall(callOptions).join(options);

function reaches<K extends CallState['kind']>(kind: K): Promise<Extract<CallState, { kind: K }>> {
  return new Promise((resolve) => {
    const look = (state: CallState) => {
      if (state.kind === kind) resolve(state as Extract<CallState, { kind: K }>);
    };
    look(call.state);
    call.on('state', look);
  });
}

const arrived = () => new Promise((resolve) => setTimeout(resolve, 60));

beforeEach(async () => {
  installMediaStream();
  states.length = 0;
  heard.length = 0;
  device = new FakeDevice();
  media = new FakeMedia();
  audio = new FakeAudio();
  server = await ScriptedServer.start();
});
afterEach(async () => {
  call?.leave();
  await server.stop();
});

describe('joining', () => {
  test('opens the microphone, enters the room and sends the voice', async () => {
    await join({ room: 'tea', language: 'en', displayName: 'Ann' });
    expect(states).toEqual(['connecting', 'connecting', 'in-call']);
    expect(call.state).toMatchObject({
      kind: 'in-call',
      room: 'tea',
      callerId: CALLER_ID,
      muted: false,
      microphone: { kind: 'on', label: 'Microphone 1' },
    });
    expect(server.received[0]).toEqual({
      name: 'join',
      message: { room: 'tea', language: 'en', displayName: 'Ann' },
    });
    expect(server.asked).toContain('produce');
  });

  test('sends mono Opus with in-band FEC and DTX', async () => {
    await join();
    const { message } = await server.until('produce');
    const { codecs } = (message as { rtpParameters: { codecs: { mimeType: string; parameters: object }[] } })
      .rtpParameters;
    expect(codecs.find((codec) => codec.mimeType === 'audio/opus')?.parameters).toMatchObject({ useinbandfec: 1 });
  });

  test('without a microphone listens and types', async () => {
    server.script = { join: withAgent };
    await join({ microphone: false });
    expect(server.asked).not.toContain('produce');
    expect(media.asked).toEqual([]);
    await call.sendText('hello');
    expect(server.received.at(-1)).toEqual({ name: 'text', message: { text: 'hello' } });
  });

  test('with a denied microphone fails, or goes on without where that was asked for', async () => {
    media.error = Object.assign(new Error('no'), { name: 'NotAllowedError' });
    await expect(join()).rejects.toMatchObject({ reason: 'denied' });
    expect(call.state).toMatchObject({ kind: 'ended', reason: 'no-microphone' });

    await join({ withoutMicrophone: true });
    expect(call.state).toMatchObject({ kind: 'in-call', microphone: { kind: 'off', error: { reason: 'denied' } } });

    media.error = undefined;
    await call.setMicrophone();
    expect(call.state).toMatchObject({ microphone: { kind: 'on' } });
    expect(server.asked).toContain('produce');
  });

  test('that the server refuses ends the call with the reason', async () => {
    server.script = { join: () => new Refusal('room-full') };
    await expect(join()).rejects.toMatchObject({ code: 'room-full' });
    expect(call.state).toMatchObject({ kind: 'ended', reason: 'refused', rejoin: false, error: { code: 'room-full' } });
    expect(media.opened[0]!.readyState).toBe('ended');
  });

  test('with another major version of the protocol is refused in the handshake', async () => {
    server.refuse({ code: 'protocol-version', message: 'Speak version 2' });
    await expect(join()).rejects.toMatchObject({ code: 'protocol-version' });
  });

  test('a server that is not there ends as unreachable, and may be tried again', async () => {
    await expect(join({}, { url: 'http://127.0.0.1:9' })).rejects.toMatchObject({ code: 'unreachable' });
    expect(call.state).toMatchObject({ kind: 'ended', reason: 'unreachable', rejoin: true });
  });

  test('can be left at any moment', async () => {
    server.script = { join: () => new Silence() };
    const joining = join();
    await server.until('join');
    call.leave();
    await expect(joining).rejects.toMatchObject({ code: 'closed' });
    expect(call.state).toMatchObject({ kind: 'ended', reason: 'left' });
    expect(media.opened[0]!.readyState).toBe('ended');
  });
});

describe('the agent may greet', () => {
  test('once the way is connected, its audio resumed and the element plays', async () => {
    audio.blocked = true;
    server.script = { join: withAgent };
    await join();
    await server.until('resume-consumer');
    await arrived();
    expect(call.state).toMatchObject({ audio: 'blocked' });
    audio.blocked = false;
    await call.resumeAudio();
    await arrived();
    expect(server.asked).not.toContain('playing');
    device.report('recv', 'connected');
    await server.until('playing');
    expect(call.state).toMatchObject({ audio: 'playing' });
  });

  test('also where it comes into the room later, once for each voice', async () => {
    await join();
    server.notify('producer-added', AGENT_PRODUCER);
    server.notify('producer-added', AGENT_PRODUCER);
    await server.until('resume-consumer');
    device.report('recv', 'connected');
    await server.until('playing');
    await arrived();
    expect(server.asked.filter((name) => name === 'consume')).toHaveLength(1);
    expect(server.asked.filter((name) => name === 'playing')).toHaveLength(1);
  });
});

describe('in a call', () => {
  test('what the server tells comes as events', async () => {
    await join();
    const transcript = { turn: 1, callerId: CALLER_ID, text: 'hello', final: false };
    const reply = { turn: 1, reply: 1, text: 'Hi', final: true, interrupted: true };
    server.notify('transcript', transcript);
    server.notify('reply-text', reply);
    server.notify('turn-metrics', { turn: 1, figures: { voice_to_voice: 640 } });
    await arrived();
    expect(heard).toEqual([
      ['agent-state', { state: 'idle' }],
      ['transcript', transcript],
      ['reply-text', reply],
      ['turn-metrics', { turn: 1, figures: { voice_to_voice: 640 } }],
    ]);
  });

  test('the agent can be asked to answer, and what its tools do is told', async () => {
    const tools: unknown[] = [];
    makeCall().on('tool', (event) => tools.push(event));
    await call.join();
    await call.ask();
    expect(server.asked).toContain('ask');
    expect(call.state).toMatchObject({ answers: 'every-turn' });
    const running = { turn: 1, call: 'c1', name: 'get_weather', origin: 'webhook', status: 'running' } as const;
    server.notify('tool', running);
    await arrived();
    expect(tools).toEqual([running]);
  });

  test('a call that the agent ends is not begun again by itself', async () => {
    await join();
    server.notify('call-ended', { reason: 'idle', message: 'Nobody spoke', rejoin: false });
    expect(await reaches('ended')).toMatchObject({ reason: 'idle', rejoin: false });
    server.drop();
    await arrived();
    expect(server.asked.filter((name) => name === 'join')).toHaveLength(1);
  });

  test('a malformed notice is a problem, not the end', async () => {
    await join();
    server.notifyRaw('transcript', { turn: 'one' });
    await arrived();
    expect(heard.at(-1)).toEqual(['problem', expect.objectContaining({ code: 'bad-notice' })]);
    expect(call.state.kind).toBe('in-call');
  });

  test('muting takes effect in the browser at once and is told to the server', async () => {
    server.script = { mute: () => new Silence() };
    await join();
    void call.mute(true).catch(() => {});
    expect(media.opened[0]!.enabled).toBe(false);
    expect(call.state).toMatchObject({ muted: true });
    expect((await server.until('mute')).message).toEqual({ muted: true });
  });

  test('another microphone takes over without a new producer', async () => {
    await join();
    await call.setMicrophone({ deviceId: 'one' });
    expect(media.opened.map((track) => track.readyState)).toEqual(['ended', 'live']);
    expect(server.asked.filter((name) => name === 'produce')).toHaveLength(1);
  });

  test('a call that the server ends is over, with its reason', async () => {
    await join();
    server.notify('call-ended', { reason: 'agent-failed', message: 'The agent stopped', rejoin: true });
    expect(await reaches('ended')).toEqual({
      kind: 'ended',
      reason: 'agent-failed',
      message: 'The agent stopped',
      rejoin: true,
    });
    await arrived();
    expect(states.at(-1)).toBe('ended');
  });

  test('leaving is told to the server, and twice is once', async () => {
    await join();
    call.leave();
    call.leave();
    await server.until('leave');
    await arrived();
    expect(server.asked.filter((name) => name === 'leave')).toHaveLength(1);
    expect(states.filter((state) => state === 'ended')).toHaveLength(1);
    await expect(call.sendText('still there?')).rejects.toMatchObject({ code: 'wrong-state' });
  });
});

/** A server that has been started anew, or has waited long enough. */
const knowsNobody = { resume: () => new Refusal('not-resumable') };

describe('a connection that drops, to a server that knows the caller no more', () => {
  beforeEach(() => {
    server.script = knowsNobody;
  });

  test('is made anew: the same room, the voice, and still muted', async () => {
    await join();
    await call.mute(true);
    server.drop();
    expect(await reaches('reconnecting')).toMatchObject({ cause: 'socket', attempt: 1 });
    await reaches('in-call');
    expect(server.received.filter(({ name }) => name === 'join').map(({ message }) => message)).toEqual([
      {},
      { room: 'own-room' },
    ]);
    await server.until('produce', 2);
    expect((await server.until('mute', 2)).message).toEqual({ muted: true });
    expect(call.state).toMatchObject({ muted: true });
  });

  test('takes the latest wishes for the voice along', async () => {
    await join({ voice: 'one', emotion: 'calm' });
    await call.speakAs({ voice: 'two', speed: 1.2 });
    server.drop();
    await reaches('reconnecting');
    await reaches('in-call');
    const told = server.received.filter(({ name }) => name === 'join' || name === 'speak-as');
    expect(told.map(({ message }) => message)).toEqual([
      { voice: 'one', emotion: 'calm' },
      { voice: 'two', speed: 1.2 },
      { room: 'own-room', voice: 'two', speed: 1.2 },
    ]);
  });

  test('is told to the app as another joining', async () => {
    const joined: unknown[] = [];
    const peers = [{ peerId: 'caller-2', displayName: 'Ann' }];
    server.script = { ...knowsNobody, join: (message) => ({ ...answers.join(message), peers }) };
    makeCall().on('joined', (event) => joined.push([event.room, event.peers]));
    await call.join({ room: 'tea' });
    server.drop();
    await reaches('reconnecting');
    await reaches('in-call');
    expect(joined).toEqual([
      ['tea', peers],
      ['tea', peers],
    ]);
  });

  test('is given up after a while', async () => {
    await join();
    server.refuse({ code: 'unavailable', message: 'Restarting' });
    server.drop();
    expect(await reaches('ended')).toMatchObject({ reason: 'connection-lost', rejoin: true });
  });

  test('ends the call where the server will not have it back', async () => {
    await join();
    server.script = { ...knowsNobody, join: () => new Refusal('room-full') };
    server.drop();
    expect(await reaches('ended')).toMatchObject({ reason: 'refused', error: { code: 'room-full' } });
  });

  test('can be left while it is made anew', async () => {
    await join();
    server.refuse({ code: 'unavailable', message: 'Restarting' });
    server.drop();
    await reaches('reconnecting');
    call.leave();
    await arrived();
    expect(call.state).toMatchObject({ kind: 'ended', reason: 'left' });
  });
});

describe('an audio path that fails while signaling works', () => {
  test('is restarted in place', async () => {
    server.script = { join: withAgent };
    await join();
    device.report('send', 'connected');
    device.report('recv', 'connected');
    device.report('recv', 'failed');
    expect(call.state).toEqual({ kind: 'reconnecting', cause: 'media', attempt: 1 });
    await server.until('restart-ice');
    device.report('recv', 'connected');
    expect(call.state.kind).toBe('in-call');
    expect(server.asked.filter((name) => name === 'join')).toHaveLength(1);
  });

  test('is built anew when the restart is refused, for the same caller', async () => {
    server.script = { 'restart-ice': () => new Refusal('not-found') };
    await join();
    device.report('send', 'connected');
    device.report('send', 'failed');
    await server.until('produce', 2);
    await reaches('in-call');
    expect(server.asked.filter((name) => name === 'join' || name === 'resume')).toEqual(['join']);
  });

  test('that never works ends the call as media-failed', async () => {
    await join();
    device.report('send', 'failed');
    await server.until('produce', 2);
    await reaches('in-call');
    device.report('send', 'failed');
    expect(await reaches('ended')).toMatchObject({ reason: 'media-failed', rejoin: true });
  });
});
