import type { Actions, PageState, View } from '../model.ts';
import { callerName } from '../names.ts';
import type { Key, Translate } from '../strings.ts';
import type { Line, ToolUse } from '../transcript.ts';
import { button, each, el, icon, setAttribute, setText } from './dom.ts';

/** Closer to the end than this, the log follows, px. */
const FOLLOW_PX = 60;

function makeLine(actions: Actions): HTMLElement {
  const turn = button('latency-badge', () => turn.dataset.turnKey && actions.chooseTurn(turn.dataset.turnKey));
  return el(
    'div',
    { class: 'line' },
    el('span', { class: 'who' }),
    el('p', { class: 'words', dir: 'auto' }),
    el('span', { class: 'line-notes' }, el('span', { class: 'cut' }), turn),
  );
}

function updateLine(element: HTMLElement, line: Line, state: PageState, t: Translate): void {
  const [who, words, notes] = element.children as unknown as [HTMLElement, HTMLElement, HTMLElement];
  const [cut, badge] = notes.children as unknown as [HTMLElement, HTMLElement];
  const figures = state.turns.find(({ key }) => key === line.turnKey)?.figures;
  element.dataset.speaker = line.speaker;
  element.dataset.final = String(line.final);
  setAttribute(element, 'data-interrupted', line.interrupted ? 'true' : undefined);
  setAttribute(element, 'data-turn', line.turn === undefined ? undefined : String(line.turn));
  setAttribute(element, 'data-reply', line.reply === undefined ? undefined : String(line.reply));
  setText(who, nameOf(line, state, t));
  setText(words, line.tool ? toolWords(line.tool, t) : line.text);
  setAttribute(element, 'data-status', line.tool?.status);
  setText(cut, line.interrupted ? t('interrupted') : '');
  cut.hidden = !line.interrupted;
  badge.hidden = figures?.voice_to_voice === undefined;
  setText(badge, t('milliseconds', { ms: Math.round(figures?.voice_to_voice ?? 0) }));
  badge.title = t('voice_to_voice');
  badge.dataset.turnKey = line.turnKey ?? '';
}

function nameOf({ speaker, callerId }: Line, state: PageState, t: Translate): string {
  if (speaker === 'tool') return '';
  return speaker === 'agent' ? t('agent') : callerName(callerId, state, t);
}

const TOOL_WORDS: Record<ToolUse['status'], Key> = {
  running: 'toolRunning',
  done: 'toolDone',
  failed: 'toolFailed',
  cancelled: 'toolCancelled',
};

function toolWords({ name, status, ms }: ToolUse, t: Translate): string {
  const words = t(TOOL_WORDS[status], { tool: name });
  if (ms === undefined) return words;
  const time = ms < 1000 ? t('milliseconds', { ms: Math.round(ms) }) : t('seconds', { s: (ms / 1000).toFixed(1) });
  return `${words} · ${time}`;
}

function composer(actions: Actions): View {
  const box = el('input', {
    id: 'message',
    type: 'text',
    autocomplete: 'off',
    maxlength: '4000',
    enterkeyhint: 'send',
  });
  const label = el('label', { for: 'message', class: 'visually-hidden' });
  const sendWord = el('span');
  const send = el('button', { type: 'submit', class: 'button send' }, sendWord, icon('send'));
  const element = el('form', { class: 'composer' }, label, box, send);
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    actions.send(text);
    box.value = '';
  });
  return {
    element,
    render({ call }, t) {
      setText(label, t('message'));
      setText(sendWord, t('send'));
      setAttribute(box, 'placeholder', t('messagePlaceholder'));
      box.disabled = send.disabled = call.kind !== 'in-call';
    },
  };
}

/** What was said, by whom, and a box to type. */
export function conversationView(actions: Actions): View {
  const heading = el('h2');
  const empty = el('p', { class: 'empty' });
  const lines = el('div', { class: 'lines' });
  // Not live by itself: it would read each partial. Finished replies are announced.
  const log = el('div', { class: 'log', role: 'log', 'aria-live': 'off', tabindex: '0' }, lines);
  const form = composer(actions);
  const element = el('section', { class: 'panel conversation' }, heading, empty, log, form.element);
  return {
    element,
    render(state, t) {
      setText(heading, t('conversation'));
      setText(empty, t('transcriptEmpty'));
      setAttribute(log, 'aria-label', t('transcript'));
      empty.hidden = state.transcript.lines.length > 0;
      const follow = log.scrollHeight - log.scrollTop - log.clientHeight < FOLLOW_PX;
      each(lines, state.transcript.lines, {
        key: (line) => line.key,
        make: () => makeLine(actions),
        update: (line, item) => updateLine(line, item, state, t),
      });
      if (follow) log.scrollTop = log.scrollHeight;
      form.render(state, t);
    },
  };
}
