import { type RequestName, type RequestOf, requests } from '@parley/signaling/protocol';
import { RequestRefused } from './errors.ts';

/** Longest part of a wrong path that is said back. */
const LONGEST_PATH = 100;
/** Lists and objects within each other; offers of tools nest deepest. */
const DEEPEST = 40;

export const isRequest = (name: string): name is RequestName => Object.hasOwn(requests, name);

/** The message as its schema knows it, or a refusal that says where it is wrong. */
export function parseMessage<N extends RequestName>(name: N, args: readonly unknown[]): RequestOf<N> {
  if (args.length > 1) throw new RequestRefused('bad-message', `${name} takes one message`);
  // Requests that say nothing may be sent without a message.
  const [message = {}] = args;
  const unlike = unlikeJson(message, DEEPEST);
  if (unlike) throw new RequestRefused('bad-message', `${name}: ${unlike}`);
  const parsed = safeParse(name, message);
  if (parsed?.success) return parsed.data as RequestOf<N>;
  const issue = parsed?.error.issues[0];
  const path = [name, ...(issue?.path ?? [])].join('.').slice(0, LONGEST_PATH);
  throw new RequestRefused('bad-message', `${path}: ${issue?.message ?? 'not valid'}`);
}

/** Undefined where the schema fails over it: it compares the length of a list, and an object may have one of its own. */
function safeParse(name: RequestName, message: unknown) {
  try {
    return requests[name].request.safeParse(message);
  } catch {
    return undefined;
  }
}

/** What schemas that let more through than they name do not see: Socket.IO brings bytes, and JSON has no bottom. */
function unlikeJson(value: unknown, left: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (left === 0) return 'nested too deeply';
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return 'holds bytes, where only JSON may be';
  for (const each of Object.values(value)) {
    const unlike = unlikeJson(each, left - 1);
    if (unlike) return unlike;
  }
  return undefined;
}
