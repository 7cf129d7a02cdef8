import type { ErrorCode, WireError } from '@parley/signaling/protocol';
import { AccessRefused } from '../access/index.ts';
import { Refusal } from '../rooms/index.ts';

/** A request that the gateway itself refuses. */
export class RequestRefused extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'RequestRefused';
    this.code = code;
  }
}

/** What a caller may know of an error: reason and message of a refusal, nothing of anything else. */
export function toWireError(error: unknown): WireError {
  if (error instanceof RequestRefused || error instanceof Refusal || error instanceof AccessRefused) {
    return { code: error.code, message: error.message };
  }
  return { code: 'internal', message: 'the server failed at this request' };
}
