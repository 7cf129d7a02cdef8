import type { Emotion, Prosody } from '../../../contracts/index.ts';
import { clamp, decibels, directionsFor, type Range, semitones, soundOf } from '../prosody.ts';
import { escapeXml } from '../prosody-ssml.ts';
import { type GoogleVoice, voiceFor } from './voice.ts';

/** Hz of all that is asked for. */
export const RATE = 24_000;
const STREAMING_RATES: Range = [0.25, 2];
const SSML_RATES: Range = [0.25, 4];
/** Two octaves, less where a voice can no longer follow. */
const PITCHES: Range = [0.5, 2];
/** The voices with styles of their own, and what they are called there. */
const STYLED = /^en-US-Neural2-[FJ]$/;
const STYLES: Partial<Record<Emotion, string>> = {
  happy: 'lively',
  excited: 'lively',
  sad: 'apologetic',
  angry: 'firm',
  calm: 'calm',
};

export interface Utterance extends Prosody {
  readonly text: string;
  /** `gemini-2.5-flash-tts` and the like. */
  readonly model?: string;
}

/** One text as Google takes it: streamed where the voice streams. */
export type GoogleRequest =
  | { readonly kind: 'streaming'; readonly messages: readonly object[] }
  | { readonly kind: 'unary'; readonly request: object };

export function requestFor(utterance: Utterance): GoogleRequest {
  const { text } = utterance;
  const voice = voiceFor(utterance);
  const { kind, ...selection } = voice;
  if (kind === 'gemini') {
    const prompt = directionsFor(utterance);
    return streaming(selection, { text, ...(prompt && { prompt }) }, utterance.speed ?? 1);
  }
  // These voices take a rate alone.
  if (kind === 'chirp3') return streaming(selection, { text }, soundOf(utterance).rate);
  const audioConfig = { audioEncoding: 'LINEAR16', sampleRateHertz: RATE };
  if (kind === 'plain') return { kind: 'unary', request: { input: { text }, voice: selection, audioConfig } };
  return { kind: 'unary', request: { input: { ssml: ssmlFor(utterance, voice) }, voice: selection, audioConfig } };
}

function streaming(voice: object, input: object, rate: number): GoogleRequest {
  const speakingRate = clamp(rate, STREAMING_RATES);
  const streamingAudioConfig = { audioEncoding: 'PCM', sampleRateHertz: RATE, speakingRate };
  return { kind: 'streaming', messages: [{ streamingConfig: { voice, streamingAudioConfig } }, { input }] };
}

function ssmlFor(utterance: Utterance, { name = '', kind }: GoogleVoice): string {
  const style = STYLED.test(name) ? STYLES[utterance.emotion ?? 'neutral'] : undefined;
  const { rate, pitch, loudness } = soundOf(style ? { ...utterance, emotion: 'neutral' } : utterance);
  const attributes = [
    ...(rate === 1 ? [] : [`rate="${Math.round(clamp(rate, SSML_RATES) * 100)}%"`]),
    ...(pitch === 1 || kind === 'ssml-without-pitch' ? [] : [`pitch="${semitones(pitch, PITCHES)}"`]),
    ...(loudness === 1 ? [] : [`volume="${decibels(loudness)}"`]),
  ];
  const text = escapeXml(utterance.text);
  const spoken = attributes.length > 0 ? `<prosody ${attributes.join(' ')}>${text}</prosody>` : text;
  return `<speak>${style ? `<google:style name="${style}">${spoken}</google:style>` : spoken}</speak>`;
}
