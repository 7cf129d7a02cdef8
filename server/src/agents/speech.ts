import type { OfferedVoice, SpeechSettings } from '@parley/agent';
import type { VoiceWishes } from '../rooms/index.ts';

/** Engines that read every language with each voice say so. */
export const EVERY_LANGUAGE = 'mul';

/**
 * How to speak where a caller has wishes. A voice that is not offered is passed over; one that is takes the place of the
 * settings' own, and of those for its language.
 */
export function speechFor(
  { prosody, voices }: SpeechSettings,
  { voice, speed, emotion, language }: VoiceWishes & { readonly language?: string },
  offered: readonly OfferedVoice[],
): SpeechSettings {
  const chosen = offered.find(({ id }) => id === voice);
  const wished = { voice: chosen?.id, speed, emotion, language };
  const given = Object.fromEntries(Object.entries(wished).filter(([, value]) => value !== undefined));
  return { prosody: { ...prosody, ...given }, ...(voices && { voices: chosen ? without(voices, chosen) : voices }) };
}

function without(voices: NonNullable<SpeechSettings['voices']>, { language }: OfferedVoice): Record<string, string> {
  const left = Object.entries(voices).filter(([tag]) => primaryOf(tag) !== primaryOf(language));
  return language === EVERY_LANGUAGE ? {} : Object.fromEntries(left);
}

const primaryOf = (tag: string): string => tag.toLowerCase().split('-', 1)[0] ?? '';
