import type { DataConsumer, DataProducer, DirectTransport, WebRtcTransport } from 'mediasoup/types';

/** What a data channel's messages are, by their SCTP payload protocol (RFC 8831, 8). */
const PPID = { control: 50, text: 51 } as const;
/** RFC 8832, 5. */
const OPEN = 0x03;
const ACK = Buffer.of(0x02);
/** Browsers number the channels of a DTLS client 0, 2, 4...; mediasoup gives its first sender 0 too. */
const FIRST_STREAM = 0;

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

/**
 * Our end of the data channel that a caller opens in band. The worker passes its opening on to us like any message, and
 * clients may wait until it is acknowledged.
 */
export class DataChannel {
  readonly #fromCaller: DataConsumer;
  readonly #toCaller: DataProducer;
  readonly #ends: readonly (DataConsumer | DataProducer)[];
  readonly #out: DataConsumer;
  #open = false;

  private constructor(ends: readonly [DataProducer, DataConsumer, DataProducer, DataConsumer]) {
    this.#ends = ends;
    [, this.#fromCaller, this.#toCaller, this.#out] = ends;
  }

  /** On a transport whose caller is the DTLS client, before anything else is sent on it. */
  static async open(transport: WebRtcTransport, direct: DirectTransport): Promise<DataChannel> {
    const sent = await transport.produceData({ sctpStreamParameters: { streamId: FIRST_STREAM, ordered: true } });
    const heard = await direct.consumeData({ dataProducerId: sent.id });
    const said = await direct.produceData();
    const out = await transport.consumeData({ dataProducerId: said.id, ordered: true });
    return new DataChannel([sent, heard, said, out]);
  }

  listen({ onOpen, onText, onBinary, onFull }: DataChannelEvents): void {
    this.#out.on('sctpsendbufferfull', onFull);
    this.#fromCaller.on('message', (message, ppid) => {
      if (ppid === PPID.control) {
        if (message[0] !== OPEN) return;
        this.#toCaller.send(ACK, PPID.control);
        if (this.#open) return;
        this.#open = true;
        onOpen();
      } else if (ppid === PPID.text) {
        onText(message.toString());
      } else {
        onBinary();
      }
    });
  }

  /** Nothing is sent before the caller has opened it, nor what is longer than `MAX_DATA_BYTES`. */
  send(text: string): void {
    if (this.#open && !this.#toCaller.closed) this.#toCaller.send(text, PPID.text);
  }

  /** May be called again. */
  close(): void {
    for (const end of this.#ends) end.close();
  }
}
