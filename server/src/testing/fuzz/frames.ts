// WebSockets of signaling whose frames or packets are wrong.
import { PROTOCOL_VERSION } from '@parley/signaling/protocol';
import fc from 'fast-check';
import { UPGRADE } from './raw-requests.ts';
import type { Bytes } from './wire.ts';

const opening = `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n${UPGRADE}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;

/** A frame as a client sends it; each part may be wrong. */
function frame({
  first,
  masked,
  length,
  payload,
}: {
  first: number;
  masked: boolean;
  length: number | undefined;
  payload: Buffer;
}): Buffer {
  const told = length ?? payload.length;
  const mask = masked ? 0x80 : 0;
  const size =
    told < 126
      ? [mask | told]
      : told < 65_536
        ? [mask | 126, told >> 8, told & 255]
        : [mask | 127, 255, 255, 255, 255, 255, 255, 255, 255];
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([Buffer.from([first, ...size]), masked ? Buffer.alloc(4) : Buffer.alloc(0), payload]);
}

const connected = `0{"protocol":${PROTOCOL_VERSION}}`;
/** Packets of Socket.IO inside those of Engine.IO. */
const PACKETS = [
  '',
  '4',
  '40',
  `4${connected}`,
  '40{"protocol":"x"}',
  '40/admin,',
  '40/admin,{}',
  '41',
  '42',
  '42[]',
  '42["join"]',
  '42["join",{}]',
  '42[1]',
  '42["__proto__",{}]',
  '42["connect"]',
  '42["disconnect",{}]',
  '42["newListener"]',
  '42["error","x"]',
  '420["join",{}]',
  '42-1["join"]',
  '4299999999999999999999["join"]',
  '43',
  '430[]',
  '431[{"ok":true}]',
  '44{"message":"x"}',
  '45',
  '450-["x"]',
  '451-["join",{"_placeholder":true,"num":0}]',
  '451-["join",{"_placeholder":true,"num":5}]',
  '451-["join",{"_placeholder":true,"num":-1}]',
  '451-["join",{"_placeholder":true,"num":"constructor"}]',
  '4599999999999-["x"]',
  '46',
  '461-[]',
  '47',
  '4x',
  '1',
  '2',
  '2probe',
  '3',
  '3probe',
  '5',
  '6',
  '7',
  'b',
  'bAAAA',
  '0{}',
  '{"type":"message"}',
  '42["join",{"room":NaN}]',
  '42["join",{"room":Infinity}]',
  '42["text",{"text":"\ud800"}]',
  `42["join",${'['.repeat(20_000)}${']'.repeat(20_000)}]`,
  `42["${'x'.repeat(60_000)}"]`,
  `42["text",{"text":"${'x'.repeat(70_000)}"}]`,
];
const packet = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...PACKETS).map((each) => Buffer.from(each)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((each) => Buffer.from(each)) },
);
const oddFrame = fc
  .record({
    first: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0x81) },
      { weight: 2, arbitrary: fc.constant(0x82) },
      { weight: 2, arbitrary: fc.nat(255) },
    ),
    masked: fc.oneof({ weight: 12, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    length: fc.oneof(
      { weight: 12, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(0, 125, 126, 65_535, 70_000) },
    ),
    payload: packet,
  })
  .map(frame);

/** WebSockets of signaling whose frames or packets are wrong. */
export const rawFrames: fc.Arbitrary<Bytes> = fc
  .tuple(fc.boolean(), fc.array(oddFrame, { minLength: 1, maxLength: 4 }))
  .map(([joins, frames]) => {
    const hello = joins
      ? [frame({ first: 0x81, masked: true, length: undefined, payload: Buffer.from(`4${connected}`) })]
      : [];
    const end = frame({ first: 0x88, masked: true, length: undefined, payload: Buffer.alloc(0) });
    return { kind: 'frames', first: opening, more: Buffer.concat([...hello, ...frames, end]).toString('latin1') };
  });
