import { decodeG711, encodeG711, G711_RATE, type G711Law } from '../rooms/index.ts';
import { RealtimeError } from './protocol.ts';

/** How audio is written in events, as base64. */
export type AudioFormat =
  | { readonly type: 'audio/pcm'; readonly rate: 24000 }
  | { readonly type: 'audio/pcmu' }
  | { readonly type: 'audio/pcma' };

const LAW = { 'audio/pcmu': 'ulaw', 'audio/pcma': 'alaw' } as const satisfies Record<string, G711Law>;

/** Hz. */
export const rateOf = (format: AudioFormat): number => (format.type === 'audio/pcm' ? format.rate : G711_RATE);

export const msOf = (samples: number, format: AudioFormat): number => (samples * 1000) / rateOf(format);

/** Throws a RealtimeError for what is no audio. */
export function decodeAudio(text: string, format: AudioFormat): Int16Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0) throw new RealtimeError('invalid_value', 'audio is base64, and not empty', 'audio');
  if (format.type !== 'audio/pcm') return decodeG711(bytes, LAW[format.type]);
  if (bytes.length % 2 !== 0)
    throw new RealtimeError('invalid_value', '16-bit audio has an even number of bytes', 'audio');
  const samples = new Int16Array(bytes.length / 2);
  for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(i * 2);
  return samples;
}

export function encodeAudio(samples: Int16Array, format: AudioFormat): string {
  if (format.type !== 'audio/pcm') return Buffer.from(encodeG711(samples, LAW[format.type])).toString('base64');
  const bytes = Buffer.allocUnsafe(samples.length * 2);
  for (let i = 0; i < samples.length; i++) bytes.writeInt16LE(samples[i] as number, i * 2);
  return bytes.toString('base64');
}
