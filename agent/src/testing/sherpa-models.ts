import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWav, type Wav } from './wav.ts';

const MODELS = fileURLToPath(new URL('../../fixtures/models', import.meta.url));

/** A folder with a recogniser of 32 words, streaming and not. */
export const TINY_ASR = join(MODELS, 'tiny-asr');
/** A folder with a voice of three speakers that hums: 80 ms a character, at 200, 300 and 400 Hz. */
export const HUM_VOICE = join(MODELS, 'hum-voice');

/** Speech that the tiny recogniser understands, 16 kHz. */
export const tinyClip = (name: 'start-play-next-seven-two-stop' | 'hello-weather'): Wav =>
  readWav(join(TINY_ASR, `${name}.wav`));

/** Whether sherpa-onnx has a build for this platform. */
export function hasSherpa(): boolean {
  try {
    createRequire(import.meta.url).resolve('sherpa-onnx-node');
    return true;
  } catch {
    return false;
  }
}
