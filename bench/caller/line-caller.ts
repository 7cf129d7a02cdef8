import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { RtpHeader, RtpPacket } from 'werift';
import { WebSocket } from 'ws';
import { TWILIO_AUTH_TOKEN } from './account.ts';
import { Earpiece } from './earpiece.ts';
import { FORMATS, type LineWay } from './line-formats.ts';
import { Microphone } from './microphone.ts';
import type { Voice } from './voice.ts';

export interface LineCallerOptions {
  readonly url: string;
  readonly way: LineWay;
  readonly voice: Pick<Voice, 'silence'>;
  readonly phaseMs: number;
  /** That ends a turn, in ms. */
  readonly silenceMs: number;
}

interface Line {
  readonly socket: WebSocket;
  /** The message that carries this audio. */
  wrap(payload: string): object;
  /** The audio in a message. */
  unwrap(message: Record<string, unknown>): string | undefined;
}

const STREAM = 'MZ1';
const UNITS_A_FRAME = 960;

/** A caller whose audio goes as messages over a WebSocket: of the OpenAI Realtime API, or of Twilio's Media Streams. */
export class LineCaller {
  readonly microphone: Microphone;
  readonly earpiece: Earpiece;
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket, microphone: Microphone, earpiece: Earpiece) {
    this.#socket = socket;
    this.microphone = microphone;
    this.earpiece = earpiece;
  }

  static async join({ url, way, voice, phaseMs, silenceMs }: LineCallerOptions): Promise<LineCaller> {
    const { socket, wrap, unwrap } = await (way === 'realtime' ? openRealtime(url, silenceMs) : openTelephone(url));
    const { rate, read } = FORMATS[way];
    const earpiece = new Earpiece({ decoder: { rate, decode: read, close: () => {} } });
    let frames = 0;
    socket.on('message', (data) => {
      const at = performance.now();
      const payload = unwrap(JSON.parse(String(data)) as Record<string, unknown>);
      if (payload === undefined) return;
      const header = new RtpHeader({ sequenceNumber: frames & 0xffff, timestamp: frames * UNITS_A_FRAME });
      frames++;
      earpiece.receive(new RtpPacket(header, Buffer.from(payload, 'base64')), at);
    });
    const send = ({ payload }: { payload: Uint8Array }): void => {
      if (socket.readyState === WebSocket.OPEN)
        socket.send(JSON.stringify(wrap(Buffer.from(payload).toString('base64'))));
    };
    const microphone = new Microphone({ ssrc: 0, payloadType: 0, silence: voice.silence, phaseMs, send });
    microphone.start();
    return new LineCaller(socket, microphone, earpiece);
  }

  async leave(): Promise<void> {
    this.microphone.stop();
    const closed = once(this.#socket, 'close');
    this.#socket.close();
    await closed;
    this.earpiece.close();
  }
}

async function openRealtime(url: string, silenceMs: number): Promise<Line> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/realtime`);
  await once(socket, 'open');
  const turn_detection = { type: 'server_vad', silence_duration_ms: silenceMs };
  socket.send(JSON.stringify({ type: 'session.update', session: { audio: { input: { turn_detection } } } }));
  return {
    socket,
    wrap: (audio) => ({ type: 'input_audio_buffer.append', audio }),
    unwrap: ({ type, delta }) => (type === 'response.output_audio.delta' ? String(delta) : undefined),
  };
}

async function openTelephone(url: string): Promise<Line> {
  const path = '/v1/telephony/twilio';
  const signed = `wss://${new URL(url).host}${path}`;
  const signature = createHmac('sha1', TWILIO_AUTH_TOKEN).update(signed).digest('base64');
  const socket = new WebSocket(url.replace('http', 'ws') + path, { headers: { 'x-twilio-signature': signature } });
  await once(socket, 'open');
  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 };
  socket.send(JSON.stringify({ event: 'start', streamSid: STREAM, start: { callSid: 'CA1', mediaFormat } }));
  return {
    socket,
    wrap: (payload) => ({ event: 'media', streamSid: STREAM, media: { track: 'inbound', payload } }),
    unwrap: (message) => {
      // Played at once.
      if (message.event === 'mark') socket.send(JSON.stringify(message));
      return (message.media as { payload: string } | undefined)?.payload;
    },
  };
}
