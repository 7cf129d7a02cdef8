import type { TurnFigures } from '@parley/signaling';
import type { Key, Translate } from '../strings.ts';
import { type Bar, layOut } from '../waterfall.ts';
import { each, el, setText } from './dom.ts';

const NOTES = ['speculation_saved', 'barge_in_stop'] as const satisfies readonly Key[];

interface Row {
  readonly stage: Bar['stage'] | 'voice_to_voice' | 'message_to_voice';
  readonly startMs: number;
  readonly durationMs: number;
}

export interface WaterfallView {
  readonly elements: readonly HTMLElement[];
  /** Without figures it is hidden. */
  render(figures: TurnFigures | undefined, t: Translate): void;
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

/** Where the time of one turn went. */
export function waterfallView(): WaterfallView {
  const rows = el('ol', { class: 'waterfall' });
  const notes = el('p', { class: 'notes', hidden: true });
  return {
    elements: [rows, notes],
    render(figures, t) {
      rows.hidden = !figures;
      notes.hidden = true;
      if (!figures) return;
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
    },
  };
}
