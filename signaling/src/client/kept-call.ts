/** A call that a reload of the page has cut off, while the server keeps the caller's place. */
export interface KeptCall {
  readonly room: string;
  readonly secret: string;
}

const KEY = 'parley.call';

/** Whether this tab was in a call when its page was reloaded: join, and it goes on. */
export const wasInCall = (): boolean => read() !== undefined;

/**
 * The call that this tab was in; it is forgotten here, and can be taken once: a tab that is duplicated finds nothing.
 */
export function takeKeptCall(): KeptCall | undefined {
  const kept = read();
  storage()?.removeItem(KEY);
  return kept;
}

/** Writes down the way back at the moment the page goes, and not before. The function returned stops it. */
export function keepCall(current: () => (KeptCall & { readonly windowMs: number }) | undefined): () => void {
  const write = (): void => {
    const call = current();
    if (!call) return;
    const { windowMs, ...kept } = call;
    storage()?.setItem(KEY, JSON.stringify({ ...kept, until: Date.now() + windowMs }));
  };
  globalThis.addEventListener?.('pagehide', write);
  return () => globalThis.removeEventListener?.('pagehide', write);
}

function read(): KeptCall | undefined {
  try {
    const { room, secret, until } = JSON.parse(storage()?.getItem(KEY) ?? '');
    return typeof room === 'string' && typeof secret === 'string' && until > Date.now() ? { room, secret } : undefined;
  } catch {
    return undefined;
  }
}

/** Browsers that keep nothing throw. */
function storage(): Storage | undefined {
  try {
    return globalThis.sessionStorage;
  } catch {
    return undefined;
  }
}
