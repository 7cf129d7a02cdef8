import { fitsAsJson, MAX_TOOLS, MAX_TOOLS_BYTES } from '../protocol/constants.ts';
import type { ClientToolOffer } from '../protocol/index.ts';

/** Why the server would refuse these tools with one more, in the words of its schema; undefined where it would not. */
export function offerProblem(offers: readonly ClientToolOffer[], offer: ClientToolOffer): string | undefined {
  const { name, description, parameters, timeoutMs = 1000, cancelOnInterrupt, filler = '' } = offer;
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) return 'name: 1 to 64 letters, digits, _ and -';
  if (offers.some((other) => other.name === name)) return 'two tools have the same name';
  if (offers.length >= MAX_TOOLS) return `more than ${MAX_TOOLS} tools`;
  if (typeof description !== 'string' || !description.trim() || description.trim().length > 2000)
    return 'description: 1 to 2000 characters';
  if (parameters?.type !== 'object') return "parameters: a JSON Schema of type 'object'";
  if (!Number.isInteger(timeoutMs) || timeoutMs < 100 || timeoutMs > 120_000) return 'timeoutMs: 100 to 120000';
  if (!['undefined', 'boolean'].includes(typeof cancelOnInterrupt)) return 'cancelOnInterrupt: true or false';
  if (typeof filler !== 'string' || filler.length > 200) return 'filler: at most 200 characters';
  if (!fitsAsJson([...offers, offer], MAX_TOOLS_BYTES))
    return `nested too deeply, or longer than ${MAX_TOOLS_BYTES} bytes as JSON`;
  return undefined;
}
