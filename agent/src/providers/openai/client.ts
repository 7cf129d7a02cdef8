import OpenAI from 'openai';
import type { OpenAiAccess } from '../../contracts/index.ts';
import { raceAbort } from '../../kernel/index.ts';
import { markRepeated } from '../repeated.ts';

/** Servers without keys still want a header. */
const NO_KEY = 'none';

/** A client that times nothing out by itself: each request has its Deadline. */
export const openAiClient = ({ apiKey, baseUrl }: OpenAiAccess, timeoutMs: number): OpenAI =>
  new OpenAI({
    apiKey: apiKey || NO_KEY,
    // Named, so that the client does not take them from the environment behind the settings' back.
    baseURL: baseUrl || OPENAI_URL,
    organization: null,
    project: null,
    maxRetries: 0, // it would sleep as long as a server tells it to; see onceMore
    timeout: timeoutMs,
    logLevel: 'off',
    fetch: fetchWhole,
  });

/**
 * Sends forms as one piece. Node's fetch makes a stream of them, and where the request ends before that has been read, it
 * rejects a promise that nobody can handle: the thread dies.
 */
async function fetchWhole(url: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  if (!(init.body instanceof FormData)) return fetch(url, init);
  const form = new Response(init.body);
  const headers = new Headers(init.headers);
  headers.set('content-type', form.headers.get('content-type') ?? '');
  return fetch(url, { ...init, headers, body: await form.arrayBuffer() });
}

export const OPENAI_URL = 'https://api.openai.com/v1';

/** Whether requests go to OpenAI itself, which knows more than servers that are compatible with it. */
export const isOpenAiItself = ({ baseUrl }: OpenAiAccess): boolean =>
  !baseUrl || new URL(baseUrl).hostname.endsWith('.openai.com');

/** Begins a request, and once more at once where the connection or the server broke: often one that had idled too long. */
export async function onceMore<T>(request: () => PromiseLike<T>, signal: AbortSignal): Promise<T> {
  try {
    return await raceAbort(request(), signal);
  } catch (error) {
    if (signal.aborted || !hasBroken(error)) throw error;
    return raceAbort(request(), signal).catch((second) => {
      throw markRepeated(second);
    });
  }
}

const hasBroken = (error: unknown): boolean =>
  error instanceof OpenAI.APIConnectionTimeoutError
    ? false
    : error instanceof OpenAI.APIConnectionError || error instanceof OpenAI.InternalServerError;
