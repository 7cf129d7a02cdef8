import { type Ack, PROTOCOL_VERSION } from '@parley/signaling/protocol';
import { io, type Socket } from 'socket.io-client';
import { browserEar, browserVoice } from '../parameters.ts';
import type { FuzzHouse } from './house.ts';

/** What came of a request. */
export type Outcome =
  | { readonly kind: 'ack'; readonly ack: Ack<unknown>; readonly text: string }
  /** The connection has ended instead. */
  | { readonly kind: 'ended'; readonly reason: string }
  | { readonly kind: 'silence' };

/** Where the caller is in a call. Silent: with transports, and nothing sent; a listener has a token that allows no more. */
export const STATES = ['new', 'joined', 'silent', 'left', 'listener'] as const;
export type State = (typeof STATES)[number];

/** Longest time for an answer, in ms. */
const PATIENCE_MS = 15_000;

/** A caller of signaling that says whatever it is given. */
export class FuzzCaller {
  readonly socket: Socket;
  /** Its own ids and those of others, by the names that stand for them in messages. */
  readonly ids: Record<string, string> = {};
  /** The last notices, as text; whoever looks at them empties it. */
  readonly heard: string[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.onAny((name: string, notice: unknown) => {
      if (this.heard.push(`${name} ${JSON.stringify(notice)}`) > 50) this.heard.shift();
    });
  }

  static async connect(url: string): Promise<FuzzCaller> {
    const socket = io(url, {
      auth: { protocol: PROTOCOL_VERSION },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
    });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('connect_error', reject));
    return new FuzzCaller(socket);
  }

  static async in(state: State, house: FuzzHouse, room: string): Promise<FuzzCaller> {
    const caller = await FuzzCaller.connect(house.url);
    if (state !== 'new') await caller.join(await house.token({ room, ...(state === 'listener' ? LISTENER : SPEAKER) }));
    if (state === 'left') await caller.grant('leave', {});
    return caller;
  }

  /** Sends an event and waits for what comes of it. */
  send(event: string, args: readonly unknown[]): Promise<Outcome> {
    return new Promise((resolve) => {
      const settle = (outcome: Outcome): void => {
        clearTimeout(timer);
        this.socket.off('disconnect', ended);
        resolve(outcome);
      };
      const ended = (reason: string): void => settle({ kind: 'ended', reason });
      const timer = setTimeout(() => settle({ kind: 'silence' }), PATIENCE_MS);
      this.socket.once('disconnect', ended);
      if (this.socket.disconnected) return ended('before');
      this.socket.emit(event, ...args, (ack: Ack<unknown>) => settle({ kind: 'ack', ack, text: JSON.stringify(ack) }));
    });
  }

  /** The data of a request that must be granted. */
  async grant<T = Record<string, unknown>>(event: string, message: unknown): Promise<T> {
    const outcome = await this.send(event, [message]);
    if (outcome.kind !== 'ack' || !outcome.ack.ok)
      throw new Error(`${event} was not granted: ${JSON.stringify(outcome)}`);
    return outcome.ack.data as T;
  }

  /** Joins and, where the token allows it, speaks and hears. */
  async join(token: string): Promise<void> {
    type Joined = { producers: { producerId: string; peerId: string }[]; resume: { secret: string } };
    const { producers, resume } = await this.grant<Joined>('join', { token });
    Object.assign(this.ids, {
      token,
      secret: resume.secret,
      agent: producers.find(({ peerId }) => peerId === 'agent')?.producerId,
    });
    await this.renew('recv');
    const order = { transportId: this.ids.recv, producerId: this.ids.agent, rtpCapabilities: browserEar };
    const { consumerId } = await this.grant<{ consumerId: string }>('consume', order);
    Object.assign(this.ids, { consumer: consumerId });
  }

  async speak(ssrc: number): Promise<void> {
    await this.renew('send');
    const order = { transportId: this.ids.send, kind: 'audio', rtpParameters: browserVoice(ssrc) };
    const { producerId } = await this.grant<{ producerId: string }>('produce', order);
    Object.assign(this.ids, { producer: producerId });
  }

  /** A fresh transport, with nothing on it. */
  async renew(direction: 'send' | 'recv'): Promise<void> {
    const { transportId } = await this.grant<{ transportId: string }>('create-transport', { direction });
    this.ids[direction] = transportId;
  }

  close(): void {
    this.socket.disconnect();
  }
}

const SPEAKER = { grants: ['publish', 'listen', 'text', 'control'] };
const LISTENER = { grants: ['listen'] };
