import type { PageState, View, VoiceActions } from '../model.ts';
import { LANG_TAGS, type Translate } from '../strings.ts';
import { type Emotion, groupVoices, type Voice, type VoiceGroup, voiceName } from '../voices.ts';
import { button, each, el, icon, setAttribute, setText } from './dom.ts';
import { fillSelect } from './select.ts';

const NO_VOICES: readonly Voice[] = [];
const SPEEDS = { min: '0.6', max: '1.6', step: '0.1' } as const;

const labelOf = (voice: Voice, t: Translate): string =>
  voice.gender ? `${voiceName(voice)} · ${t(voice.gender)}` : voiceName(voice);

/** There may be hundreds: they are written again only when they or the languages change. */
function voicesIn(select: HTMLSelectElement): (state: PageState, t: Translate) => void {
  let written: readonly unknown[] = [];
  return ({ voices = NO_VOICES, voiceChoice, callLanguage, language }, t) => {
    const shown = [voices, callLanguage, language];
    if (shown.some((each, i) => each !== written[i])) {
      written = shown;
      const page = LANG_TAGS[language];
      const preferred = [callLanguage, page, ...navigator.languages].filter(Boolean);
      const groups = groupVoices(voices, { page, preferred, every: t('everyLanguage') });
      each<VoiceGroup>(select, [{ language: '', label: t('voiceOfServer'), voices: [] }, ...groups], {
        key: ({ language }) => language,
        make: ({ language }) => (language ? el('optgroup') : el('option', { value: '' })),
        update: (element, { language, label, voices }) => {
          if (!language) return setText(element, label);
          setAttribute(element, 'label', label);
          each(element, voices, {
            key: ({ id }) => id,
            make: ({ id }) => el('option', { value: id }),
            update: (option, voice) => setText(option, labelOf(voice, t)),
          });
        },
      });
    }
    if (select.value !== voiceChoice.voice) select.value = voiceChoice.voice;
  };
}

const tone = (emotion: Emotion, t: Translate) => ({ value: emotion, label: t(emotion) });

/** How the agent speaks: closed until somebody wants to choose. */
export function voiceView(actions: VoiceActions): View {
  const title = el('span');
  const current = el('span', { class: 'voice-now' });
  const summary = el('summary', {}, title, current);
  const voiceLabel = el('span', { class: 'visually-hidden' });
  const voice = el('select');
  const fillVoices = voicesIn(voice);
  const playLabel = el('span', { class: 'visually-hidden' });
  const play = button('button small play', () => actions.playSample(), icon('play'), icon('stop'), playLabel);
  const speedLabel = el('span');
  const speed = el('input', { type: 'range', ...SPEEDS });
  const toneLabel = el('span');
  const mood = el('select');
  const toneField = el('label', { class: 'field' }, toneLabel, mood);
  const note = el('p', { class: 'voice-note', role: 'status' });
  voice.addEventListener('change', () => actions.chooseVoice({ voice: voice.value }));
  speed.addEventListener('input', () => actions.previewVoice({ speed: Number(speed.value) }));
  speed.addEventListener('change', () => actions.chooseVoice({ speed: Number(speed.value) }));
  mood.addEventListener('change', () => actions.chooseVoice({ emotion: mood.value as Emotion | '' }));
  const element = el(
    'details',
    { class: 'voice field-wide' },
    summary,
    el(
      'div',
      { class: 'voice-choice' },
      el('div', { class: 'voice-pick field-wide' }, el('label', { class: 'field' }, voiceLabel, voice), play),
      el('label', { class: 'field' }, speedLabel, speed),
      toneField,
      note,
    ),
  );
  element.addEventListener('toggle', () => {
    if (element.open) actions.openVoices();
    else actions.stopSample();
  });
  return {
    element,
    render(state, t) {
      const { voices = [], voiceChoice, sampling, call, voiceNote } = state;
      const chosen = voices.find(({ id }) => id === voiceChoice.voice);
      setText(title, t('voice'));
      setText(current, chosen ? labelOf(chosen, t) : t('voiceOfServer'));
      setText(voiceLabel, t('voice'));
      fillVoices(state, t);
      setText(playLabel, t(sampling ? 'stopSample' : 'playSample'));
      play.dataset.on = String(sampling);
      play.disabled = !chosen;
      setText(speedLabel, t('speed', { speed: voiceChoice.speed.toFixed(1) }));
      if (Number(speed.value) !== voiceChoice.speed) speed.value = String(voiceChoice.speed);
      setText(toneLabel, t('tone'));
      const emotions = (chosen ?? voices[0])?.emotions ?? [];
      const tones = [{ value: '', label: t('voiceOfServer') }, ...emotions.map((emotion) => tone(emotion, t))];
      fillSelect(mood, tones, voiceChoice.emotion);
      toneField.hidden = emotions.length === 0;
      // What is chosen on the way to a call would be lost.
      voice.disabled = speed.disabled = mood.disabled = call.kind === 'connecting' || call.kind === 'reconnecting';
      setText(note, voiceNote ? t(voiceNote) : '');
    },
  };
}
