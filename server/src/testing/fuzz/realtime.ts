import fc from 'fast-check';
import { WebSocket } from 'ws';
import * as z from 'zod';
import { clientEvent } from '../../realtime/client-events.ts';
import { indecency } from './decent.ts';
import { type FuzzHouse, KEY } from './house.ts';
import type { JsonSchema } from './schema.ts';
import { spoilt } from './spoilt.ts';
import type { Fate } from './tally.ts';

const schema = z.toJSONSchema(clientEvent, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
const known = { item_id: ['none', 'item_1'], call_id: ['none'], audio: ['AAAA', 'no base64', ''] };

/** Events for the realtime door that do not fit, as text. */
export const realtimeEvents: fc.Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: spoilt(schema, { known }).map((event) => JSON.stringify(event) ?? '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

interface Answer {
  readonly type: string;
  readonly error?: { readonly type: string; readonly code: string; readonly event_id: string | null };
}

/** Inputs of one connection: the first ones come before there is a room. */
const MOST_INPUTS = 60;
/** Longest time for an answer, in ms. */
const PATIENCE_MS = 15_000;

/** A client of the realtime door that says whatever it is given. */
export class RealtimeStage {
  readonly #house: FuzzHouse;
  #socket: WebSocket | undefined;
  #inputs = 0;

  constructor(house: FuzzHouse) {
    this.#house = house;
  }

  /** Says it; throws where what comes of it is not as it must be. */
  async say(text: string): Promise<Fate> {
    if (++this.#inputs % MOST_INPUTS === 0) this.close();
    const socket = this.#socket?.readyState === WebSocket.OPEN ? this.#socket : await this.#open();
    const answers = await exchange(socket, text, `mark-${this.#inputs}`);
    if (answers === undefined) return 'ended';
    const refused = answers.filter(({ type }) => type === 'error');
    const inside = answers.find(({ error }) => error?.type === 'server_error');
    const said = JSON.stringify(answers);
    const fault = inside ? 'failed inside' : indecency(said, text, this.#house.secrets);
    const taken = refused.length === 0 && !fits(text) ? 'was taken and does not fit' : undefined;
    const wrong = fault ?? taken ?? this.#house.end;
    if (wrong) throw new Error(`realtime: ${wrong}: ${said.slice(0, 2000)}`);
    return refused.length > 0 ? 'refused' : 'taken';
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  async #open(): Promise<WebSocket> {
    const url = `${this.#house.url.replace('http', 'ws')}/v1/realtime`;
    const socket = new WebSocket(url, { headers: { authorization: `Bearer ${KEY}` } });
    await new Promise<void>((resolve, reject) => socket.once('open', resolve).once('error', reject));
    this.#socket = socket;
    return socket;
  }
}

/** What comes between an input and the answer to the mark after it; undefined where the connection ends with a reason. */
function exchange(socket: WebSocket, text: string, mark: string): Promise<Answer[] | undefined> {
  return new Promise((resolve, reject) => {
    const answers: Answer[] = [];
    const settle = (): void => {
      clearTimeout(timer);
      socket.off('message', onMessage).off('close', onClose);
    };
    const onMessage = (data: Buffer): void => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.error?.event_id !== mark) return void answers.push(answer);
      settle();
      resolve(answers);
    };
    const onClose = (code: number, reason: Buffer): void => {
      settle();
      if (code >= 1000 && code !== 1006 && reason.length > 0) resolve(undefined);
      else reject(new Error(`the connection ended with ${code} and no reason`));
    };
    const timer = setTimeout(() => {
      settle();
      reject(new Error('was not answered'));
    }, PATIENCE_MS);
    socket.on('message', onMessage).on('close', onClose);
    socket.send(text);
    socket.send(JSON.stringify({ type: 'no.such.event', event_id: mark }));
  });
}

function fits(text: string): boolean {
  try {
    return clientEvent.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
