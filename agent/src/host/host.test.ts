import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { OpusLibrary } from '../codec/index.ts';
import { FRAME_MS, HEARING_RATE, type SessionEvent } from '../contracts/index.ts';
import { systemClock } from '../kernel/index.ts';
import { RtpSocket, serializeRtp, Ticker } from '../rtp/index.ts';
import { rms, sessionSettings, speechClip, testSettings } from '../testing/index.ts';
import { startAgentHost } from './client.ts';
import type { AgentHost } from './contract.ts';

const settings = sessionSettings({ instructions: '', greeting: 'Welcome.', speculation: true });
const CALLER = { callerId: 'ann', ssrc: 1111, payloadType: 111 };
const MOUTH = { ssrc: 2222, payloadType: 100 };
const module = new URL('../testing/scripted-host.ts', import.meta.url);

/** The SFU's side of a call: sends a clip at real time, collects what the agent says, and waits for its events. */
class Peer {
  readonly events: SessionEvent[] = [];
  readonly heard: Int16Array[] = [];
  readonly #waiting = new Set<() => void>();

  readonly onEvent = (event: SessionEvent): void => {
    this.events.push(event);
    for (const check of this.#waiting) check();
  };

  /** The first event, past or to come, that is like `wanted`. */
  until(wanted: (event: SessionEvent) => boolean): Promise<SessionEvent> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.events.find(wanted);
        if (!found) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }
}

describe('a host thread with real Opus, RTP and voice detection', () => {
  let host: AgentHost;
  let library: OpusLibrary;
  const ticker = new Ticker({ clock: systemClock });
  beforeAll(async () => {
    [host, library] = await Promise.all([
      startAgentHost({ engines: {} as never, tools: {} as never, module }),
      OpusLibrary.load(),
    ]);
  });
  afterAll(() => host.close());

  const send = (clip: string, socket: RtpSocket, port: number, from = 0): Promise<void> => {
    const { samples } = speechClip(clip);
    const encoder = library.encoder({ rate: HEARING_RATE });
    const size = (HEARING_RATE * FRAME_MS) / 1000;
    let n = 0;
    return new Promise((resolve) => {
      const leave = ticker.add(() => {
        const frame = new Int16Array(size);
        frame.set(samples.subarray(n * size, (n + 1) * size));
        const payload = encoder.encode(frame);
        const sequence = from + n;
        socket.send(serializeRtp({ ...CALLER, sequence, timestamp: sequence * 960, payload }), {
          ip: '127.0.0.1',
          port,
        });
        if (++n * size < samples.length + HEARING_RATE) return;
        leave();
        encoder.close();
        resolve();
      });
    });
  };

  const vads = ['silero-v6', 'webrtc'] as const;
  test.each(vads)(
    'greets, hears speech by %s as it comes over RTP, and answers with audible RTP',
    async (engine) => {
      const listening = await startAgentHost({
        engines: testSettings({ vad: { engine } }),
        tools: {} as never,
        module,
      });
      const peer = new Peer();
      const decoder = library.decoder({ rate: 24000 });
      const socket = await RtpSocket.open({ ip: '127.0.0.1' });
      socket.route(MOUTH.ssrc, (packet) => peer.heard.push(decoder.decode(packet.payload)));
      const session = await listening.open({ id: 'one', settings, onEvent: peer.onEvent });
      session.connectMouth({ ...MOUTH, remote: socket.address });
      session.addEar(CALLER);
      session.callerPlaying('ann');
      await peer.until((event) => event.type === 'reply-text' && event.final && event.text === 'Welcome.');
      await send('goforward', socket, session.address.port);
      const transcript = await peer.until((event) => event.type === 'transcript' && event.final);
      expect(transcript).toMatchObject({ callerId: 'ann', text: 'utterance number 1' });
      const metrics = await peer.until((event) => event.type === 'turn-metrics');
      expect(metrics).toMatchObject({ figures: { voice_to_voice: expect.any(Number) } });
      const reply = await peer.until((event) => event.type === 'reply-text' && event.final && event.turn === 2);
      expect(reply).toMatchObject({
        text: expect.stringMatching(/^You said utterance number 1\./),
        interrupted: false,
      });
      const loud = peer.heard.filter((frame) => rms(frame) > 1000);
      expect(loud.length * FRAME_MS).toBeGreaterThan(2000);
      await session.close('room-closed');
      await listening.close();
      await socket.close();
      decoder.close();
    },
    30_000,
  );

  test('closes a session once, and takes no more for it', async () => {
    const peer = new Peer();
    const session = await host.open({ id: 'two', settings, onEvent: peer.onEvent });
    await session.close('room-closed');
    session.text('ann', 'anybody there?');
    await session.close('room-closed');
    const next = await host.open({ id: 'two', settings, onEvent: peer.onEvent });
    await next.close('room-closed');
    expect(peer.events).toEqual([]);
  });

  test('offers its voices, and shows what one sounds like', async () => {
    expect(await host.voices()).toEqual([
      { id: 'tone', name: 'Tone', language: 'en', engine: 'scripted-tts', emotions: [] },
    ]);
    const { signal } = new AbortController();
    const { rate, samples } = await host.sample({ text: 'Hello.', voice: 'tone', speed: 2 }, { signal });
    expect(samples.length).toBe(rate * 0.3);
    expect(rms(samples)).toBeGreaterThan(1000);
    const stop = new AbortController();
    const stopped = host.sample({ text: 'Never heard.' }, { signal: stop.signal });
    stop.abort(new Error('gone'));
    await expect(stopped).rejects.toThrow('gone');
  });

  test('tells of its death, and lets nobody wait for the dead', async () => {
    const doomed = await startAgentHost({
      engines: {} as never,
      tools: {} as never,
      module: new URL('../testing/doomed-host.ts', import.meta.url),
    });
    const died = new Promise<Error>((resolve) => doomed.onDeath(resolve));
    await expect(doomed.open({ id: 'three', settings, onEvent: () => {} })).rejects.toThrow('doomed');
    expect((await died).message).toContain('doomed');
    await expect(doomed.voices()).rejects.toThrow('doomed');
    await doomed.close();
  });
});
