import type { View } from '../model.ts';
import { each, el, setText } from './dom.ts';

/** Which engines serve, why, and how to have better ones. */
export function enginesView(): View {
  const heading = el('h2');
  const list = el('ul', { class: 'engines' });
  const hint = el('p', { class: 'notes' });
  const element = el('section', { class: 'panel' }, heading, list, hint);
  return {
    element,
    render({ engines, engineTrouble }, t) {
      element.hidden = engines.length === 0;
      setText(heading, t('engines'));
      each(list, engines, {
        key: ({ stage }) => stage,
        make: ({ stage }) =>
          el(
            'li',
            { 'data-stage': stage },
            el('span', { class: 'engine-stage' }),
            el(
              'span',
              {},
              el('span', { class: 'engine-name' }),
              ' ',
              el('span', { class: 'tag' }),
              ' ',
              el('span', { class: 'engine-reason' }),
              el('span', { class: 'engine-trouble', role: 'status' }),
            ),
          ),
        update: (row, { stage, engine, reason, lite }) => {
          const [stageName, rest] = row.children as unknown as [HTMLElement, HTMLElement];
          const [name, tag, why, trouble] = rest.children as unknown as [
            HTMLElement,
            HTMLElement,
            HTMLElement,
            HTMLElement,
          ];
          setText(stageName, t(stage));
          setText(name, engine);
          setText(tag, t('lite'));
          tag.hidden = !lite;
          setText(why, reason);
          const own = engineTrouble.filter((each) => each.stage === stage);
          setText(
            trouble,
            own
              .map(({ name, state }) => t(state === 'failing' ? 'engineFailing' : 'engineMissing', { name }))
              .join(' · '),
          );
          trouble.hidden = own.length === 0;
        },
      });
      setText(hint, t('liteHint'));
      hint.hidden = !engines.some(({ lite }) => lite);
    },
  };
}
