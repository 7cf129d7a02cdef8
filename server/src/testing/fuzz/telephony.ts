import fc from 'fast-check';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { message } from '../../telephony/messages.ts';
import { signatureOf } from '../../telephony/signature.ts';
import { indecency } from './decent.ts';
import { AUTH_TOKEN, type FuzzHouse } from './house.ts';
import type { JsonSchema } from './schema.ts';
import { spoilt } from './spoilt.ts';
import type { Fate } from './tally.ts';

const schema = z.toJSONSchema(message, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
const known = { payload: ['AAAA', 'no base64', ''], room: ['none'], name: ['heard-1'] };

/** Messages of a stream that do not fit, as text. */
export const twilioMessages: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: spoilt(schema, { known }).map((each) => JSON.stringify(each) ?? '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

const PATH = '/v1/telephony/twilio';
const START = {
  event: 'start',
  streamSid: 'MZ1',
  start: { callSid: 'CA1', mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 } },
};
/** One stream of so many has started when it says its first input. */
const STARTED = 4;
/** Longest time for a pong, in ms. */
const PATIENCE_MS = 15_000;

/** Twilio's end of a stream that says whatever it is given. */
export class TelephonyStage {
  readonly #house: FuzzHouse;
  #socket: WebSocket | undefined;
  #streams = 0;

  constructor(house: FuzzHouse) {
    this.#house = house;
  }

  /** Says it; throws where what comes of it is not as it must be. */
  async say(text: string): Promise<Fate> {
    const socket = this.#socket?.readyState === WebSocket.OPEN ? this.#socket : await this.#open();
    const end = await ending(socket, text);
    const fault = end && (indecency(end.reason, text, this.#house.secrets) ?? wrongEnd(end.code));
    const wrong = fault ?? this.#house.end;
    if (wrong) throw new Error(`telephony: ${wrong}: ${end?.reason}`);
    if (end) return end.code === 1000 ? 'ended' : 'refused';
    return fits(text) ? 'taken' : 'unanswered';
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #open(): Promise<WebSocket> {
    const { url } = this.#house;
    const headers = { 'x-twilio-signature': signatureOf(AUTH_TOKEN, `wss://${new URL(url).host}${PATH}`) };
    const socket = new WebSocket(url.replace('http', 'ws') + PATH, { headers });
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    if (++this.#streams % STARTED === 0) socket.send(JSON.stringify(START));
    this.#socket = socket;
    return socket;
  }
}

/** 1007: what was said does not fit. 1009: it is too long. 1013: there is no such room. */
const wrongEnd = (code: number): string | undefined =>
  [1000, 1007, 1009, 1013].includes(code) ? undefined : `the stream was ended with ${code}`;

/** How the stream ends over an input; undefined where it goes on. */
function ending(socket: WebSocket, text: string): Promise<{ code: number; reason: string } | undefined> {
  return new Promise((resolve, reject) => {
    const settle = (end?: { code: number; reason: string }): void => {
      clearTimeout(timer);
      socket.off('pong', onPong).off('close', onClose);
      resolve(end);
    };
    const onPong = (): void => settle();
    const onClose = (code: number, reason: Buffer): void => settle({ code, reason: String(reason) });
    const timer = setTimeout(() => reject(new Error('was not answered')), PATIENCE_MS);
    socket.on('pong', onPong).on('close', onClose);
    socket.send(text);
    socket.ping();
  });
}

function fits(text: string): boolean {
  try {
    return message.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
