import type { VoiceWishes } from '@parley/signaling';

export type Emotion = NonNullable<VoiceWishes['emotion']>;

/** A voice as the server lists it. */
export interface Voice {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly gender?: 'female' | 'male';
  readonly emotions: readonly Emotion[];
}

/** What was chosen by hand. */
export interface VoiceChoice {
  /** Empty for the server's own. */
  readonly voice: string;
  /** 1 is normal. */
  readonly speed: number;
  /** Empty for the server's own. */
  readonly emotion: Emotion | '';
}

export const NO_CHOICE: VoiceChoice = { voice: '', speed: 1, emotion: '' };

/** The language of a voice that speaks every one. */
export const EVERY_LANGUAGE = 'mul';

/** Throws where the server does not answer. */
export async function listVoices(): Promise<readonly Voice[]> {
  const answer = await fetch('/v1/voices');
  if (!answer.ok) throw new Error(`/v1/voices: ${answer.status}`);
  const { voices } = (await answer.json()) as { voices: readonly Voice[] };
  return voices;
}

/** `language`: of whoever listens, for a voice that speaks every one. */
export function sampleUrl({ voice, speed, emotion }: VoiceChoice, language: string, voices: readonly Voice[]): string {
  const query = new URLSearchParams();
  if (speed !== 1) query.set('speed', String(speed));
  if (emotion) query.set('emotion', emotion);
  if (voices.find(({ id }) => id === voice)?.language === EVERY_LANGUAGE) query.set('language', language);
  return `/v1/voices/${encodeURIComponent(voice)}/sample${query.size > 0 ? `?${query}` : ''}`;
}

/** What the call is told; what is as the server has it is left out. */
export const wishesFrom = ({ voice, speed, emotion }: VoiceChoice): VoiceWishes => ({
  voice: voice || undefined,
  speed: speed === 1 ? undefined : speed,
  emotion: emotion || undefined,
});

export interface VoiceGroup {
  /** The first part of a tag. */
  readonly language: string;
  /** In the words of the page's language. */
  readonly label: string;
  readonly voices: readonly Voice[];
}

/** What tells a voice from the others of its language: its name, and the region where the name does not have it. */
export function voiceName({ name, language }: Pick<Voice, 'name' | 'language'>): string {
  const [, region] = /^[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})\b/i.exec(language) ?? [];
  // Engines whose voices have no names of their own tell man and woman in what they call them.
  const own = name.replace(/, (?:fe)?male$/, '');
  return region && !/[()-]/.test(own) ? `${own} (${region.toUpperCase()})` : own;
}

/** The voices by language: those of `preferred` (tags) first, then by name. `every` names the voices of all languages. */
export function groupVoices(
  voices: readonly Voice[],
  { page, preferred, every }: { page: string; preferred: readonly string[]; every: string },
): VoiceGroup[] {
  const names = new Intl.DisplayNames([page], { type: 'language' });
  const groups = new Map<string, Voice[]>();
  for (const voice of voices) {
    const language = primaryOf(voice.language);
    groups.set(language, [...(groups.get(language) ?? []), voice]);
  }
  const wanted = preferred.map(primaryOf);
  const rank = (language: string): number => {
    if (language === EVERY_LANGUAGE) return -1;
    const at = wanted.indexOf(language);
    return at < 0 ? wanted.length : at;
  };
  const labelOf = (language: string): string => (language === EVERY_LANGUAGE ? every : nameOf(language, names));
  return [...groups]
    .map(([language, members]) => ({ language, label: labelOf(language), voices: members }))
    .sort((a, b) => rank(a.language) - rank(b.language) || a.label.localeCompare(b.label, page));
}

/** Its own tag where the browser does not know it. */
function nameOf(language: string, names: Intl.DisplayNames): string {
  try {
    return names.of(language) ?? language;
  } catch {
    return language;
  }
}

const primaryOf = (tag: string): string => tag.toLowerCase().split('-', 1)[0] ?? '';
