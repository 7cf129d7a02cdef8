import { each, el, setText } from './dom.ts';

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export function fillSelect(select: HTMLSelectElement, choices: readonly Choice[], value: string): void {
  each(select, choices, {
    key: (choice) => choice.value,
    make: (choice) => el('option', { value: choice.value }),
    update: (element, choice) => setText(element, choice.label),
  });
  if (select.value !== value) select.value = value;
}
