/** Whether a key pressed here means the page, not a control or a text. */
function meansPage(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return false;
  return !(event.target as HTMLElement).closest('input, textarea, select, [contenteditable]');
}

/** M mutes, where nothing is being typed. */
export function listenForShortcuts(target: EventTarget, { toggleMute }: { toggleMute: () => void }): void {
  target.addEventListener('keydown', (event) => {
    const key = event as KeyboardEvent;
    if (key.key.toLowerCase() === 'm' && meansPage(key)) toggleMute();
  });
}
