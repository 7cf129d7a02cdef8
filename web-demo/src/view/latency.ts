import type { Actions, View } from '../model.ts';
import type { Key, Translate } from '../strings.ts';
import { type Bar, layOut, type Turn } from '../waterfall.ts';
import { button, each, el, setAttribute, setText } from './dom.ts';

const NOTES = ['speculation_saved', 'barge_in_stop'] as const satisfies readonly Key[];

interface Row {
  readonly stage: Bar['stage'] | 'voice_to_voice' | 'message_to_voice';
  readonly startMs: number;
  readonly durationMs: number;
}

function makeRow({ stage }: Row): HTMLElement {
  return el(
    'li',
    { class: stage.endsWith('_to_voice') ? 'stage-row total' : 'stage-row', 'data-stage': stage },
    // A typed message has no figure of its own.
    el('span', { class: 'stage-name' }, el('span'), el('code', {}, stage === 'message_to_voice' ? '' : stage)),
    el('span', { class: 'track', 'aria-hidden': 'true' }, el('span', { class: 'bar' })),
    el('span', { class: 'stage-ms' }),
  );
}

function updateRow(element: HTMLElement, { stage, startMs, durationMs }: Row, totalMs: number, t: Translate): void {
  const [name, track, ms] = element.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
  const bar = track.firstElementChild as HTMLElement;
  const share = (part: number) => `${((100 * part) / Math.max(1, totalMs)).toFixed(2)}%`;
  setText(name.firstElementChild!, t(stage));
  bar.style.left = share(startMs);
  bar.style.width = share(durationMs);
  setText(ms, t('milliseconds', { ms: Math.round(durationMs) }));
}

/** Where the time of a turn went. */
export function latencyView(actions: Actions): View {
  const heading = el('h2');
  const chips = el('div', { class: 'chips' });
  const empty = el('p', { class: 'empty' });
  const rows = el('ol', { class: 'waterfall' });
  const notes = el('p', { class: 'notes', hidden: true });
  const element = el(
    'section',
    { class: 'panel latency' },
    el('div', { class: 'panel-head' }, heading, chips),
    empty,
    rows,
    notes,
  );

  const renderTurn = ({ figures }: Turn, t: Translate): void => {
    const { bars, totalMs, spoken } = layOut(figures);
    const stage = spoken ? 'voice_to_voice' : 'message_to_voice';
    const total: Row[] = bars.length > 0 ? [{ stage, startMs: 0, durationMs: totalMs }] : [];
    each<Row>(rows, [...bars, ...total], {
      key: ({ stage }) => stage,
      make: makeRow,
      update: (row, item) => updateRow(row, item, totalMs, t),
    });
    const said = NOTES.filter((key) => figures[key]).map((key) => t(key, { ms: Math.round(figures[key] ?? 0) }));
    setText(notes, said.join(' · '));
    notes.hidden = said.length === 0;
  };

  return {
    element,
    render({ turns, chosenTurn }, t) {
      const shown = turns.find(({ key }) => key === chosenTurn) ?? turns.at(-1);
      setText(heading, t('latency'));
      setText(empty, t('latencyEmpty'));
      empty.hidden = shown !== undefined;
      rows.hidden = !shown;
      each(chips, turns, {
        key: ({ key }) => key,
        make: ({ key }) => button('chip', () => actions.chooseTurn(key)),
        update: (chip, turn) => {
          setText(chip, String(turn.turn));
          setAttribute(chip, 'aria-label', t('turn', { turn: turn.turn }));
          setAttribute(chip, 'aria-pressed', String(turn === shown));
        },
      });
      if (shown) renderTurn(shown, t);
    },
  };
}
