/** Small words for the DOM. */

type Attributes = Record<string, string | boolean | undefined>;

export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children);
  return element;
}

/** `true` and strings are set, `false` and undefined taken away; nothing is touched that stays the same. */
export function setAttribute(element: Element, name: string, value: string | boolean | undefined): void {
  const text = value === true ? '' : value === false ? undefined : value;
  if (text === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function button(className: string, onClick: () => void, ...children: (Node | string)[]): HTMLButtonElement {
  const element = el('button', { type: 'button', class: className }, ...children);
  element.addEventListener('click', onClick);
  return element;
}

/** Makes `parent` hold one child for each item: kept by key, in order, made and updated by the given functions. */
export function each<T>(
  parent: Element,
  items: readonly T[],
  {
    key,
    make,
    update,
  }: { key: (item: T) => string; make: (item: T) => HTMLElement; update: (element: HTMLElement, item: T) => void },
): void {
  const old = new Map([...parent.children].map((child) => [(child as HTMLElement).dataset.key, child as HTMLElement]));
  let at = parent.firstElementChild;
  for (const item of items) {
    const name = key(item);
    let element = old.get(name);
    if (!element) {
      element = make(item);
      element.dataset.key = name;
    }
    old.delete(name);
    if (element === at) at = at.nextElementSibling;
    else parent.insertBefore(element, at);
    update(element, item);
  }
  for (const element of old.values()) element.remove();
}

const ICONS = {
  call: 'M6.6 3.5 9 3l2 4.6-2 1.6a12 12 0 0 0 5.8 5.8l1.6-2L21 15l-.5 2.4A3 3 0 0 1 17.6 20C10.6 20 4 13.4 4 6.4a3 3 0 0 1 2.6-2.9Z',
  hangUp:
    'M3.2 13.2a2.6 2.6 0 0 1 .6-2.9C8.500 6 15.500 6 20.200 10.300a2.600 2.600 0 0 1 .6 2.900l-.7 1.700-4.600-.8-.4-2.600a10.500 10.500 0 0 0-6.200 0l-.4 2.600-4.600.8Z',
  microphone: 'M12 3a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3ZM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6',
  muted:
    'M15 10.500V6a3 3 0 0 0-5.800-1M9 9v2a3 3 0 0 0 4.500 2.600M6 11a6 6 0 0 0 9.500 4.900M18 11a6 6 0 0 1-.4 2.200M12 17v4M9 21h6M4 4l16 16',
  play: 'M9 6.5v11l8.500-5.500Z',
  stop: 'M8 7h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1Z',
  answer: 'M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1ZM9 10.500h6',
  send: 'M5 12h13M12.500 6l6 6-6 6',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.700-5.700L12 7M14 10a4 4 0 0 0-6-.4l-3 3A4 4 0 0 0 10.700 18.300L12 17',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  close: 'M6 6l12 12M18 6 6 18',
} as const;

export function icon(name: keyof typeof ICONS): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' })) {
    svg.setAttribute(key, value);
  }
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
