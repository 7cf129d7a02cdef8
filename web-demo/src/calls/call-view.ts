import type { Translate } from '../strings.ts';
import { button, each, el, setAttribute, setText } from '../view/dom.ts';
import { waterfallView } from '../view/waterfall.ts';
import { clockTime, type Line, lineAt, linesOf, wordsSaid } from './follow.ts';
import { type CallDetails, recordingAddress, transcriptAddress } from './library.ts';
import type { Part } from './list-view.ts';
import type { CallsActions, CallsState } from './model.ts';

export interface CallPart extends Part {
  play(ms: number): void;
}

/** One call: its recording, what was said in step with it, and where the time of each turn went. */
export function callView(actions: CallsActions): CallPart {
  const audio = el('audio', { controls: true, preload: 'metadata' });
  audio.addEventListener('timeupdate', () => actions.playedTo(audio.currentTime * 1000));
  const silent = el('p', { class: 'empty' });
  const choose = el('p', { class: 'empty' });
  const heading = el('h2');
  const text = el('a', { class: 'button small quiet', download: 'transcript.txt' });
  const remove = button('button small quiet', () => actions.remove());
  const lines = el('ol', { class: 'lines call-lines' });
  const latency = el('h2');
  const waterfall = waterfallView();
  const turn = el('section', { class: 'panel latency' }, latency, ...waterfall.elements);
  const head = el('div', { class: 'panel-head' }, heading, el('div', { class: 'chips' }, text, remove));
  const call = el('section', { class: 'panel' }, choose, head, audio, silent, lines);
  const element = el('div', { class: 'details' }, call, turn);

  const renderCall = (shown: CallDetails, state: CallsState, t: Translate): void => {
    const address = shown.recorded ? recordingAddress(shown) : undefined;
    audio.hidden = !address;
    if (address && audio.getAttribute('src') !== address) audio.src = address;
    setAttribute(audio, 'aria-label', t('callPlayer'));
    setText(silent, address ? '' : t('callNotRecorded'));
    silent.hidden = !!address;
    setText(heading, t('room', { room: shown.room }));
    setText(text, t('callTranscript'));
    setAttribute(text, 'href', transcriptAddress(shown));
    setText(remove, t(state.deleting ? 'callDeleteSure' : 'callDelete'));
    const said = linesOf(shown);
    const now = state.atMs === undefined ? undefined : lineAt(said, state.atMs);
    each(lines, said, {
      key: ({ key }) => `${shown.call}/${key}`,
      make: (line) => makeLine(line, actions),
      update: (row, line) => updateLine(row, line, { now, state, t }),
    });
    const figures = shown.turns.find((each) => each.turn === (state.turn ?? now?.turn.turn ?? said[0]?.turn.turn));
    turn.hidden = !figures || Object.keys(figures.latencies).length === 0;
    if (figures) setText(latency, `${t('latency')} · ${t('turn', { turn: figures.turn })}`);
    waterfall.render(figures?.latencies, t);
  };

  return {
    element,
    play(ms) {
      if (audio.hidden) return;
      audio.currentTime = ms / 1000;
      void audio.play().catch(() => {});
    },
    render(state, t) {
      const { chosen } = state;
      setText(choose, t('callChoose'));
      choose.hidden = chosen !== undefined;
      head.hidden = lines.hidden = !chosen;
      if (chosen) return renderCall(chosen, state, t);
      audio.pause();
      audio.removeAttribute('src');
      audio.hidden = silent.hidden = turn.hidden = true;
    },
  };
}

function makeLine({ said, turn }: Line, actions: CallsActions): HTMLElement {
  const words = said.words.map(({ text, atMs }) => {
    const word = el('span', { class: 'word' }, text);
    word.addEventListener('click', () => actions.playFrom(atMs));
    return word;
  });
  const from = button('latency-badge', () => actions.playFrom(said.startedMs), clockTime(said.startedMs));
  const figures = button('latency-badge', () => actions.chooseTurn(turn.turn));
  return el(
    'li',
    { class: 'line', 'data-speaker': said.speaker === 'agent' ? 'agent' : 'user', 'data-final': 'true' },
    el('span', { class: 'who' }),
    el('p', { class: 'words', dir: 'auto' }, ...words),
    el('span', { class: 'line-notes' }, el('span', { class: 'cut' }), from, figures),
  );
}

function updateLine(
  row: HTMLElement,
  { key, said, turn }: Line,
  { now, state, t }: { now: Line | undefined; state: CallsState; t: Translate },
): void {
  const [who, words, notes] = row.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
  const [cut, , figures] = notes.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
  const isNow = now?.key === key;
  setText(who, said.speaker === 'agent' ? t('agent') : (said.name ?? t('caller')));
  setAttribute(row, 'data-interrupted', said.interrupted ? 'true' : undefined);
  setAttribute(row, 'aria-current', isNow ? 'true' : undefined);
  setText(cut, said.interrupted ? t('interrupted') : '');
  cut.hidden = !said.interrupted;
  const ms = turn.latencies.voice_to_voice;
  figures.hidden = said.speaker !== 'agent' || ms === undefined;
  setText(figures, t('milliseconds', { ms: Math.round(ms ?? 0) }));
  figures.title = t('voice_to_voice');
  const count = isNow ? wordsSaid(said, state.atMs ?? 0) : 0;
  [...words.children].forEach((word, at) => {
    setAttribute(word, 'data-said', at < count ? 'true' : undefined);
  });
}
