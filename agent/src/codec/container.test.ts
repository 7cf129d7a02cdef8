import { describe, expect, test } from '@jest/globals';
import { bestLag, speechClip } from '../testing/index.ts';
import { demuxOggOpus, demuxWebmOpus, type OpusHead, OpusLibrary } from './index.ts';

const library = await OpusLibrary.load();
const speech = speechClip('weatherlike').samples;
const never = new AbortController().signal;

function encodeSpeech(): Uint8Array[] {
  const encoder = library.encoder({ rate: 16_000 });
  const packets: Uint8Array[] = [];
  for (let at = 0; at + 320 <= speech.length; at += 320) packets.push(encoder.encode(speech.subarray(at, at + 320)));
  encoder.close();
  return packets;
}

const opusHead = Buffer.concat([
  Buffer.from('OpusHead'),
  // Version 1, mono, pre-skip 312, made from 16 kHz, no gain, mapping 0.
  Buffer.from([1, 1, 0x38, 0x01, 0x80, 0x3e, 0, 0, 0, 0, 0]),
]);

/** Pages of up to eight packets. The checksum is left at zero: demuxers of streams do not look at it. */
function ogg(packets: readonly Uint8Array[]): Buffer {
  const page = (parts: readonly Uint8Array[]): Buffer => {
    const laces = parts.flatMap(({ length }) => [
      ...new Array<number>(Math.floor(length / 255)).fill(255),
      length % 255,
    ]);
    const head = Buffer.alloc(27);
    head.write('OggS', 'latin1');
    head.writeUInt32LE(0x1234, 14);
    head.writeUInt8(laces.length, 26);
    return Buffer.concat([head, Buffer.from(laces), ...parts]);
  };
  const pages = [page([opusHead]), page([Buffer.from('OpusTags\0\0\0\0\0\0\0\0')])];
  for (let at = 0; at < packets.length; at += 8) pages.push(page(packets.slice(at, at + 8)));
  return Buffer.concat(pages);
}

/** One cluster of simple blocks in one audio track. */
function webm(packets: readonly Uint8Array[]): Buffer {
  const element = (id: string, ...content: Uint8Array[]): Buffer => {
    const body = Buffer.concat(content);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(0x10000000 | body.length);
    return Buffer.concat([Buffer.from(id, 'hex'), size, body]);
  };
  const track = element('ae', element('d7', Buffer.of(1)), element('83', Buffer.of(2)), element('63a2', opusHead));
  const blocks = packets.map((packet) => element('a3', Buffer.of(0x81, 0, 0, 0), packet));
  const segment = element('18538067', element('1654ae6b', track), element('1f43b675', ...blocks));
  return Buffer.concat([element('1a45dfa3'), segment]);
}

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(packets: AsyncIterable<Uint8Array>): Promise<Buffer[]> {
  const found: Buffer[] = [];
  for await (const packet of packets) found.push(Buffer.from(packet));
  return found;
}

describe.each([
  { name: 'Ogg', mux: ogg, demux: demuxOggOpus },
  { name: 'WebM', mux: webm, demux: demuxWebmOpus },
])('Opus in $name', ({ mux, demux }) => {
  const packets = encodeSpeech();

  test.each([1, 37, 100_000])('comes out packet by packet from chunks of %i bytes', async (size) => {
    expect(await all(demux(chunked(mux(packets), size), { signal: never }))).toEqual(
      packets.map((p) => Buffer.from(p)),
    );
  });

  test('says how much of its start is to be skipped', async () => {
    const heads: OpusHead[] = [];
    await all(demux(chunked(mux(packets), 500), { signal: never, onHead: (head) => heads.push(head) }));
    expect(heads).toEqual([{ channels: 1, preSkip: 312 }]);
  });

  test('decodes to the speech that was put in', async () => {
    const decoder = library.decoder({ rate: 16_000 });
    const heard = (await all(demux(chunked(mux(packets), 500), { signal: never }))).flatMap((p) => [
      ...decoder.decode(p),
    ]);
    decoder.close();
    expect(bestLag(speech, heard, 120).correlation).toBeGreaterThan(0.95);
  });

  test('ends with the reason of an abort while its source is stuck', async () => {
    const controller = new AbortController();
    async function* stuck(): AsyncGenerator<Uint8Array> {
      yield mux(packets).subarray(0, 2000);
      await new Promise(() => {});
    }
    const reading = (async () => {
      let seen = 0;
      for await (const _ of demux(stuck(), { signal: controller.signal })) if (++seen === 5) controller.abort('enough');
    })();
    await expect(reading).rejects.toBe('enough');
  });

  test('gives the error of its source', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield mux(packets).subarray(0, 2000);
      throw new RangeError('the line is down');
    }
    await expect(all(demux(broken(), { signal: never }))).rejects.toThrow(new RangeError('the line is down'));
  });

  test('is refused where it is something else', async () => {
    const html = Buffer.from('<html>402 Payment Required</html>'.repeat(10));
    await expect(all(demux(chunked(html, 50), { signal: never }))).rejects.toThrow(TypeError);
  });

  test('can be left early', async () => {
    for await (const packet of demux(chunked(mux(packets), 100), { signal: never })) {
      expect(packet.length).toBeGreaterThan(0);
      break;
    }
  });
});
