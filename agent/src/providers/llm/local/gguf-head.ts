import { open } from 'node:fs/promises';

/** Tensors and pieces of metadata; large models have some thousand. */
const MOST = 100_000n;

/** Throws where a file does not begin as GGUF does: llama.cpp's reader takes any number for a length, and reads on and on. */
export async function checkGguf(file: string): Promise<void> {
  await using handle = await open(file);
  const head = Buffer.alloc(24);
  const { bytesRead } = await handle.read(head, 0, head.length, 0);
  const isGguf =
    bytesRead === head.length &&
    head.toString('latin1', 0, 4) === 'GGUF' &&
    head.readUInt32LE(4) <= 3 &&
    head.readBigUInt64LE(8) <= MOST &&
    head.readBigUInt64LE(16) <= MOST;
  if (!isGguf) throw new Error(`${file} is no GGUF file, or is damaged`);
}
