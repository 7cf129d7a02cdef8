import { MediaError, type MediaFailure } from '../media/index.ts';

export type RefusalCode =
  | 'bad-message'
  | 'not-found'
  | 'wrong-state'
  | 'unsupported'
  | 'room-full'
  | 'shutting-down'
  | 'not-resumable'
  | 'unavailable';

/** A request that cannot be granted. Branch on `code`; `message` is shown to the caller. */
export class Refusal extends Error {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Refusal';
    this.code = code;
  }
}

const BY_FAILURE: Readonly<Record<MediaFailure, RefusalCode>> = {
  'bad-parameters': 'bad-message',
  unsupported: 'unsupported',
  'wrong-state': 'wrong-state',
  unavailable: 'unavailable',
  'port-in-use': 'unavailable',
  'address-unavailable': 'unavailable',
  'no-worker-binary': 'unavailable',
};

/** Runs a media call for a caller, and makes a Refusal of its MediaError. */
export async function refusing<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (!(cause instanceof MediaError)) throw cause;
    throw new Refusal(BY_FAILURE[cause.reason], cause.message, { cause });
  }
}
