import { type FileHandle, open } from 'node:fs/promises';

const METADATA_PROPS = 14;
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
/** A tag and a length, at most. */
const HEAD_BYTES = 20;
/** Means and deviations of the features of a Paraformer take some 15 KB. */
const MAX_ENTRY_BYTES = 1 << 20;

/**
 * The names and values that whoever exported a model wrote into it. Only those are read, not the weights before them.
 * Empty for a file that is no ONNX.
 */
export async function readOnnxMetadata(path: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const file = await open(path);
  try {
    const { size } = await file.stat();
    for (let at = 0; at < size; ) {
      const head = await read(file, at, Math.min(HEAD_BYTES, size - at));
      const [tag, tagBytes] = varint(head, 0);
      const [value, valueBytes] = varint(head, tagBytes);
      const field = Math.floor(tag / 8);
      at += tagBytes;
      if (tag % 8 === VARINT) at += valueBytes;
      else if (tag % 8 === FIXED64) at += 8;
      else if (tag % 8 === FIXED32) at += 4;
      else if (tag % 8 === BYTES) {
        at += valueBytes;
        if (field === METADATA_PROPS && value <= MAX_ENTRY_BYTES) {
          const [key, text] = entry(await read(file, at, value));
          found.set(key, text);
        }
        at += value;
      } else return new Map();
      if (at > size) return new Map();
    }
    return found;
  } catch (error) {
    if (error instanceof RangeError) return new Map();
    throw error;
  } finally {
    await file.close();
  }
}

/** `StringStringEntryProto`: the key is field 1, the value field 2. */
function entry(bytes: Buffer): [key: string, value: string] {
  const texts = ['', '', ''];
  for (let at = 0; at < bytes.length; ) {
    const [tag, tagBytes] = varint(bytes, at);
    const [length, lengthBytes] = varint(bytes, at + tagBytes);
    at += tagBytes + lengthBytes;
    texts[Math.floor(tag / 8)] = bytes.toString('utf8', at, at + length);
    at += length;
  }
  return [texts[1] ?? '', texts[2] ?? ''];
}

/** Throws RangeError where the bytes end first. */
function varint(bytes: Buffer, start: number): [value: number, bytes: number] {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes.readUInt8(start + i);
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return [value, i + 1];
  }
  throw new RangeError('not a varint');
}

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, at);
  return bytes.subarray(0, bytesRead);
}
