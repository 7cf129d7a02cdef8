import type { Actions, View } from '../model.ts';
import { button, each, el, setAttribute, setText } from './dom.ts';
import { waterfallView } from './waterfall.ts';

/** Where the time of a turn went. */
export function latencyView(actions: Actions): View {
  const heading = el('h2');
  const chips = el('div', { class: 'chips' });
  const empty = el('p', { class: 'empty' });
  const waterfall = waterfallView();
  const element = el(
    'section',
    { class: 'panel latency' },
    el('div', { class: 'panel-head' }, heading, chips),
    empty,
    ...waterfall.elements,
  );
  return {
    element,
    render({ turns, chosenTurn }, t) {
      const shown = turns.find(({ key }) => key === chosenTurn) ?? turns.at(-1);
      setText(heading, t('latency'));
      setText(empty, t('latencyEmpty'));
      empty.hidden = shown !== undefined;
      each(chips, turns, {
        key: ({ key }) => key,
        make: ({ key }) => button('chip', () => actions.chooseTurn(key)),
        update: (chip, turn) => {
          setText(chip, String(turn.turn));
          setAttribute(chip, 'aria-label', t('turn', { turn: turn.turn }));
          setAttribute(chip, 'aria-pressed', String(turn === shown));
        },
      });
      waterfall.render(shown?.figures, t);
    },
  };
}
