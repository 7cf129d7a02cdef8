import type { TurnFigures } from '@parley/signaling';
import type { Key } from '../strings.ts';

// What GET /v1/calls answers, as far as this page shows it.

export interface CallSummary {
  readonly call: string;
  readonly room: string;
  readonly openedAt: string;
  readonly endedAt?: string;
  readonly recorded: boolean;
  readonly callers: readonly string[];
  readonly turns: number;
  readonly excerpt?: string;
}

export interface Said {
  readonly speaker: 'caller' | 'agent';
  readonly callerId?: string;
  readonly name?: string;
  readonly text: string;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly interrupted: boolean;
  readonly words: readonly { readonly text: string; readonly atMs: number }[];
}

export interface CallTurn {
  readonly turn: number;
  readonly startedMs: number;
  readonly latencies: TurnFigures;
  readonly said: readonly Said[];
}

export interface CallDetails extends Omit<CallSummary, 'callers' | 'turns' | 'excerpt'> {
  readonly callers: readonly { readonly callerId: string; readonly name?: string }[];
  readonly turns: readonly CallTurn[];
}

export interface CallPage {
  readonly calls: readonly CallSummary[];
  readonly next?: string;
}

/** Why calls cannot be shown. */
export class LibraryError extends Error {
  readonly key: Key;

  constructor(key: Key) {
    super(key);
    this.name = 'LibraryError';
    this.key = key;
  }
}

const REASONS: Partial<Record<number, Key>> = {
  401: 'callsRefused',
  403: 'callsRefused',
  404: 'callsNotKept',
  409: 'callLasts',
  503: 'callsAway',
};

/** Rejects with a LibraryError. */
async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(path, init).catch(() => {
    throw new LibraryError('endUnreachable');
  });
  if (!answer.ok) throw new LibraryError(REASONS[answer.status] ?? 'problemOther');
  return answer;
}

export async function listCalls(query: { q?: string; cursor?: string }, signal: AbortSignal): Promise<CallPage> {
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return (await ask(`/v1/calls?${search}`, { signal })).json();
}

export const getCall = async (call: string): Promise<CallDetails> =>
  (await ask(`/v1/calls/${encodeURIComponent(call)}`)).json();

export const deleteCall = async (call: string): Promise<void> =>
  void (await ask(`/v1/calls/${encodeURIComponent(call)}`, { method: 'DELETE' }));

export const recordingAddress = ({ call }: CallDetails, callerId?: string): string =>
  `/v1/calls/${call}/recording${callerId ? `?caller=${callerId}` : ''}`;

export const transcriptAddress = ({ call }: CallDetails): string => `/v1/calls/${call}/transcript?format=text`;
