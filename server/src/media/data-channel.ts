import type { DataConsumer, DataProducer, DirectTransport, WebRtcTransport } from 'mediasoup/types';

/** What a data channel's messages are, by their SCTP payload protocol (RFC 8831, 8). */
const PPID = { control: 50, text: 51 } as const;
/** RFC 8832, 5. */
const OPEN = 0x03;
const ACK = Buffer.of(0x02);
/**
 * A DTLS client numbers its channels 0, 2, 4... (RFC 8832, 6); some libraries number those of who calls 1, 3, 5... So the
 * first channel is one of these. mediasoup gives its senders the same numbers, in order.
 */
const FIRST_STREAMS = [0, 1] as const;

/** Longest message either way, in bytes: mediasoup's own limit, and what browsers take. */
export const MAX_DATA_BYTES = 262_144;

export interface DataChannelEvents {
  /** The caller has opened it; it can be sent to. */
  onOpen(): void;
  onText(text: string): void;
  /** What is no text came. */
  onBinary(): void;
  /** The caller takes nothing in any more. */
  onFull(): void;
}

/** One stream, there and back. */
interface Stream {
  readonly fromCaller: DataConsumer;
  readonly toCaller: DataProducer;
  /** On the caller's side. */
  readonly ends: readonly [DataProducer, DataConsumer];
}

/**
 * Our end of the data channel that a caller opens in band. The worker passes its opening on to us like any message, and
 * clients may wait until it is acknowledged.
 */
export class DataChannel {
  readonly #streams: readonly Stream[];
  #open: Stream | undefined;

  private constructor(streams: readonly Stream[]) {
    this.#streams = streams;
  }

  /** On a transport whose caller is the DTLS client, before anything else is sent on it. */
  static async open(transport: WebRtcTransport, direct: DirectTransport): Promise<DataChannel> {
    const streams: Stream[] = [];
    for (const streamId of FIRST_STREAMS) streams.push(await openStream(streamId, transport, direct));
    return new DataChannel(streams);
  }

  listen({ onOpen, onText, onBinary, onFull }: DataChannelEvents): void {
    for (const stream of this.#streams) {
      stream.ends[1].on('sctpsendbufferfull', onFull);
      stream.fromCaller.on('message', (message, ppid) => {
        if (ppid === PPID.control && message[0] === OPEN) {
          stream.toCaller.send(ACK, PPID.control);
          if (this.#open) return;
          this.#open = stream;
          onOpen();
        } else if (stream === this.#open && ppid === PPID.text) {
          onText(message.toString());
        } else if (stream === this.#open && ppid !== PPID.control) {
          onBinary();
        }
      });
    }
  }

  /** Nothing is sent before the caller has opened it, nor what is longer than `MAX_DATA_BYTES`. */
  send(text: string): void {
    const { toCaller } = this.#open ?? {};
    if (toCaller && !toCaller.closed) toCaller.send(text, PPID.text);
  }
}

async function openStream(streamId: number, transport: WebRtcTransport, direct: DirectTransport): Promise<Stream> {
  const sent = await transport.produceData({ sctpStreamParameters: { streamId, ordered: true } });
  const fromCaller = await direct.consumeData({ dataProducerId: sent.id });
  const toCaller = await direct.produceData();
  const taken = await transport.consumeData({ dataProducerId: toCaller.id, ordered: true });
  // The other ends go with the transport, and what listens to them.
  transport.observer.once('close', () => toCaller.close());
  return { fromCaller, toCaller, ends: [sent, taken] };
}
