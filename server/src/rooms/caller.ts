import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type Consumer,
  candidatesAt,
  type DtlsParameters,
  guarded,
  type IceCandidate,
  type IceParameters,
  type Producer,
  type RoomRouter,
  type RtpCapabilities,
  type RtpParameters,
  type WebRtcTransport,
} from '../media/index.ts';
import type { Clock } from '../observe/index.ts';
import type { CallerCard } from './news.ts';
import { Refusal, refusing } from './refusal.ts';

export type Direction = 'send' | 'recv';

export interface TransportOffer {
  readonly transportId: string;
  readonly iceParameters: IceParameters;
  readonly iceCandidates: IceCandidate[];
  readonly dtlsParameters: DtlsParameters;
}

export interface CallerOptions {
  readonly id: string;
  readonly displayName?: string | undefined;
  /** What the app that sent the caller calls it; absent where nobody vouches for the caller. */
  readonly identity?: string | undefined;
  readonly router: RoomRouter;
  /** The agent's producer: the caller hears when it plays this one. */
  readonly agentProducerId: () => string | undefined;
  onProducerClosed(producerId: string): void;
  /** The caller hears the agent from now on; called once, and again for a caller who was away, and for another agent. */
  onAudible(): void;
  /** The caller's media does not come through to these addresses. */
  onUnreachable(addresses: readonly string[]): void;
  readonly clock: Clock;
}

/** A transport that is not connected this long after the client began is reported, in ms. */
export const CONNECT_PATIENCE_MS = 8000;

/**
 * One caller's media: at most one transport each way, one producer, and a consumer for each producer heard. Calls come
 * one after another; `close` may come at any time.
 */
export class Caller {
  readonly id: string;
  readonly displayName: string | undefined;
  readonly identity: string | undefined;
  readonly joinedAt = new Date();
  readonly #options: CallerOptions;
  readonly #transports: { [D in Direction]?: WebRtcTransport | undefined } = {};
  readonly #consumers = new Map<string, Consumer>();
  #addresses: readonly string[] = [];
  #producer: Producer | undefined;
  #muted = false;
  #playing = false;
  #audible = false;
  #away = false;
  #onDisplaced: (() => void) | undefined;
  #closed = false;

  constructor(options: CallerOptions) {
    this.#options = options;
    this.id = options.id;
    this.displayName = options.displayName;
    this.identity = options.identity;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** The connection is lost and may come back; the media goes on as it can. */
  get away(): boolean {
    return this.#away;
  }

  /** The caller hears the agent. */
  get audible(): boolean {
    return this.#audible;
  }

  get card(): CallerCard {
    const { id, displayName, muted, away } = this;
    return { id, displayName, muted, away };
  }

  get producerId(): string | undefined {
    return this.#producer?.id;
  }

  /** A connection speaks for this caller from now on; the one that did so before is told. */
  occupy(onDisplaced: () => void): void {
    const before = this.#onDisplaced;
    this.#onDisplaced = onDisplaced;
    before?.();
  }

  depart(): void {
    this.#away = true;
    this.#playing = false;
    this.#audible = false;
  }

  /** `anew`: as a page that knows nothing of the media there was. */
  comeBack({ anew }: { readonly anew: boolean }): void {
    this.#away = false;
    if (!anew) return;
    this.#closeTransports();
    this.#transports.send = undefined;
    this.#transports.recv = undefined;
  }

  /** A new transport replaces the one of the same direction: a client that lost its media starts over this way. */
  async createTransport(direction: Direction, addresses: readonly string[]): Promise<TransportOffer> {
    const transport = await refusing(() => this.#options.router.createCallerTransport());
    this.#ownOrClose(transport);
    this.#transports[direction]?.close();
    this.#transports[direction] = transport;
    if (direction === 'recv') transport.observer.on('dtlsstatechange', () => this.#checkAudible());
    this.#addresses = addresses;
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
    return {
      transportId: id,
      iceParameters,
      iceCandidates: candidatesAt(iceCandidates, addresses),
      dtlsParameters,
    };
  }

  /** A transport that was made, and connected, before there was a caller; it serves both directions. */
  adopt(transport: WebRtcTransport): void {
    this.#ownOrClose(transport);
    this.#closeTransports();
    this.#transports.send = transport;
    this.#transports.recv = transport;
    transport.observer.on('dtlsstatechange', () => this.#checkAudible());
  }

  async connectTransport(transportId: string, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.#transport(transportId);
    await refusing(() => guarded(() => transport.connect({ dtlsParameters })));
    this.#expectConnection(transport);
  }

  async restartIce(transportId: string): Promise<IceParameters> {
    const transport = this.#transport(transportId);
    return refusing(() => guarded(() => transport.restartIce()));
  }

  async produce(transportId: string, rtpParameters: RtpParameters): Promise<string> {
    const transport = this.#transport(transportId, 'send');
    if (this.#producer) throw new Refusal('wrong-state', 'this caller is sending audio already');
    const producer = await refusing(() =>
      guarded(() => transport.produce({ kind: 'audio', rtpParameters, paused: this.#muted })),
    );
    this.#ownOrClose(producer);
    this.#producer = producer;
    producer.observer.once('close', () => {
      this.#producer = undefined;
      this.#options.onProducerClosed(producer.id);
    });
    return producer.id;
  }

  /** Takes back what `produce` has made. */
  stopProducing(): void {
    this.#producer?.close();
  }

  /** Paused at first; consuming the same producer again replaces the consumer. */
  async consume(transportId: string, producerId: string, rtpCapabilities: RtpCapabilities): Promise<Consumer> {
    const transport = this.#transport(transportId, 'recv');
    const consumer = await refusing(() =>
      guarded(async () => {
        this.#options.router.assertConsumable(producerId, rtpCapabilities);
        return transport.consume({ producerId, rtpCapabilities, paused: true, enableRtx: true });
      }),
    );
    this.#ownOrClose(consumer);
    for (const other of this.#consumers.values()) if (other.producerId === producerId) other.close();
    this.#consumers.set(consumer.id, consumer);
    consumer.observer.once('close', () => this.#consumers.delete(consumer.id));
    return consumer;
  }

  async resumeConsumer(consumerId: string): Promise<void> {
    const gone = (): Refusal => new Refusal('not-found', 'no such consumer');
    const consumer = this.#consumers.get(consumerId);
    if (!consumer) throw gone();
    try {
      await refusing(() => guarded(() => consumer.resume()));
    } catch (error) {
      // What it plays may end while the request is on its way; mediasoup tells so a turn of the loop after the refusal.
      await nextTurn();
      throw consumer.closed ? gone() : error;
    }
    this.#checkAudible();
  }

  /** The caller's page says that it plays what arrives. */
  playing(): void {
    this.#playing = true;
    this.#checkAudible();
  }

  /** The agent's voice comes by another producer from now on. */
  agentReplaced(): void {
    this.#audible = false;
    this.#checkAudible();
  }

  /** Kept for a producer that comes later. */
  async setMuted(muted: boolean): Promise<void> {
    this.#muted = muted;
    const producer = this.#producer;
    if (producer) await refusing(() => guarded(() => (muted ? producer.pause() : producer.resume())));
  }

  /** Closes the transports, and with them the producer and the consumers. May be called again. */
  close(): void {
    this.#closed = true;
    this.#closeTransports();
  }

  #closeTransports(): void {
    this.#transports.send?.close();
    this.#transports.recv?.close();
  }

  #transport(id: string, direction?: Direction): WebRtcTransport {
    const transport = Object.values(this.#transports).find((each) => each?.id === id);
    if (!transport || transport.closed) throw new Refusal('not-found', 'no such transport');
    if (direction && this.#transports[direction] !== transport) {
      throw new Refusal('wrong-state', `this transport is not for ${direction}`);
    }
    return transport;
  }

  #expectConnection(transport: WebRtcTransport): void {
    const cancel = this.#options.clock.after(CONNECT_PATIENCE_MS, () => {
      if (transport.dtlsState !== 'connected') this.#options.onUnreachable(this.#addresses);
    });
    transport.observer.once('close', cancel);
  }

  /** Refuses, and leaves nothing behind, where the caller left while `resource` was being made. */
  #ownOrClose(resource: { readonly closed: boolean; close(): void }): void {
    if (!this.#closed && !resource.closed) return;
    resource.close();
    throw new Refusal('wrong-state', 'the call has ended');
  }

  /** A greeting is lost unless the page plays, the transport is connected and the agent's consumer is resumed. */
  #checkAudible(): void {
    if (this.#audible || !this.#playing || this.#transports.recv?.dtlsState !== 'connected') return;
    const agentProducerId = this.#options.agentProducerId();
    const hears = [...this.#consumers.values()].some((each) => each.producerId === agentProducerId && !each.paused);
    if (!hears) return;
    this.#audible = true;
    this.#options.onAudible();
  }
}
