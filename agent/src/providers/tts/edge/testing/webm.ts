import type { OpusLibrary } from '../../../../codec/index.ts';

const RATE = 24_000;
const FRAME = RATE / 50;
const PRE_SKIP_48K = 312;
const UNKNOWN_SIZE = Buffer.from('01ffffffffffffff', 'hex');

/** Speech at 24 kHz as Opus in a WebM stream: for each piece, the bytes that bring it. */
export function webmOpus(opus: OpusLibrary, pieces: readonly Int16Array[]): Uint8Array[] {
  const encoder = opus.encoder({ rate: RATE });
  const blocks = pieces.map((piece) => {
    const packets: Buffer[] = [];
    for (let at = 0; at + FRAME <= piece.length; at += FRAME) {
      packets.push(element('a3', Buffer.of(0x81, 0, 0, 0), encoder.encode(piece.subarray(at, at + FRAME))));
    }
    return Buffer.concat([Buffer.from('1f43b675', 'hex'), UNKNOWN_SIZE, ...packets]);
  });
  encoder.close();
  const [first = Buffer.alloc(0), ...rest] = blocks;
  return [Buffer.concat([head(), first]), ...rest];
}

function head(): Buffer {
  const opusHead = Buffer.alloc(19);
  opusHead.write('OpusHead', 'latin1');
  opusHead.writeUInt8(1, 8);
  opusHead.writeUInt8(1, 9);
  opusHead.writeUInt16LE(PRE_SKIP_48K, 10);
  opusHead.writeUInt32LE(RATE, 12);
  const track = element('ae', element('d7', Buffer.of(1)), element('83', Buffer.of(2)), element('63a2', opusHead));
  return Buffer.concat([element('1a45dfa3'), Buffer.from('18538067', 'hex'), UNKNOWN_SIZE, element('1654ae6b', track)]);
}

function element(id: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(0x10000000 | body.length);
  return Buffer.concat([Buffer.from(id, 'hex'), size, body]);
}
