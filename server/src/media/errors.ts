export type MediaFailure =
  | 'port-in-use'
  | 'address-unavailable'
  | 'no-worker-binary'
  /** No worker is alive, or the one in question is gone. */
  | 'unavailable'
  /** The peer's parameters make no sense to mediasoup. */
  | 'bad-parameters'
  | 'unsupported'
  | 'wrong-state';

/** The media layer could not do what was asked. Branch on `reason`; `message` is for people. */
export class MediaError extends Error {
  readonly reason: MediaFailure;

  constructor(reason: MediaFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MediaError';
    this.reason = reason;
  }
}

/** mediasoup tells its errors apart by class, and not all of the classes are exported. */
const BY_NAME: Readonly<Record<string, MediaFailure>> = {
  TypeError: 'bad-parameters',
  UnsupportedError: 'unsupported',
  InvalidStateError: 'wrong-state',
  WorkerClosedError: 'unavailable',
  NotFoundError: 'wrong-state',
  /** The worker's own refusals: connected twice, an SSRC that is taken, and the like. */
  Error: 'wrong-state',
};

/** Runs a call into mediasoup that carries a peer's parameters, and makes a MediaError of its refusal. */
export async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const reason = BY_NAME[cause.name];
    if (!reason) throw cause;
    throw new MediaError(reason, cause.message, { cause });
  }
}
