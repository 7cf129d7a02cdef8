import { type RequestName, type RequestOf, requests } from '@parley/signaling/protocol';
import { RequestRefused } from './errors.ts';

/** Longest part of a wrong path that is said back. */
const LONGEST_PATH = 100;

export const isRequest = (name: string): name is RequestName => Object.hasOwn(requests, name);

/** The message as its schema knows it, or a refusal that says where it is wrong. */
export function parseMessage<N extends RequestName>(name: N, args: readonly unknown[]): RequestOf<N> {
  if (args.length > 1) throw new RequestRefused('bad-message', `${name} takes one message`);
  // Requests that say nothing may be sent without a message.
  const [message = {}] = args;
  const parsed = requests[name].request.safeParse(message);
  if (parsed.success) return parsed.data as RequestOf<N>;
  const issue = parsed.error.issues[0];
  const path = [name, ...(issue?.path ?? [])].join('.').slice(0, LONGEST_PATH);
  throw new RequestRefused('bad-message', `${path}: ${issue?.message ?? 'not valid'}`);
}
