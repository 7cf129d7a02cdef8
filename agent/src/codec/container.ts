import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import prism from 'prism-media';

/** What an Opus stream says of itself (RFC 7845, 5.1). */
export interface OpusHead {
  readonly channels: number;
  /** Samples at 48 kHz to drop from the start of what is decoded. */
  readonly preSkip: number;
}

export interface DemuxOptions {
  readonly signal: AbortSignal;
  /** Called once, before the first packet. */
  readonly onHead?: (head: OpusHead) => void;
}

/**
 * The Opus packets in an Ogg stream, as they come. Header packets are left out.
 * Throws TypeError for what is not Ogg, the source's error, or the signal's reason when aborted.
 */
export const demuxOggOpus = (source: AsyncIterable<Uint8Array>, options: DemuxOptions): AsyncGenerator<Uint8Array> =>
  demux(source, new prism.opus.OggDemuxer(), options);

/** The same for WebM, as Edge-TTS answers. */
export const demuxWebmOpus = (source: AsyncIterable<Uint8Array>, options: DemuxOptions): AsyncGenerator<Uint8Array> =>
  demux(source, new prism.opus.WebmDemuxer(), options);

async function* demux(
  source: AsyncIterable<Uint8Array>,
  demuxer: Transform,
  { signal, onHead }: DemuxOptions,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  // An error that comes while a chunk is being demuxed is the demuxer's, thrown back at the source.
  let atSource = true;
  async function* watched(): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      atSource = false;
      yield chunk;
      atSource = true;
    }
  }
  demuxer.once('head', (head: Buffer) => onHead?.(parseHead(head)));
  // The reader sees each failure through the demuxer, which the pipeline destroys with it.
  pipeline(Readable.from(watched()), demuxer, { signal }).catch(() => {});
  try {
    for await (const packet of demuxer) yield packet as Uint8Array;
  } catch (error) {
    signal.throwIfAborted();
    if (atSource) throw error;
    throw new TypeError('not an Opus stream of this container', { cause: error });
  } finally {
    demuxer.destroy();
  }
  signal.throwIfAborted();
}

const parseHead = (head: Buffer): OpusHead => ({ channels: head.readUInt8(9), preSkip: head.readUInt16LE(10) });
