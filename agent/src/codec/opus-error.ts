export type OpusFailure =
  | 'bad-argument'
  | 'buffer-too-small'
  | 'internal-error'
  | 'invalid-packet'
  | 'unimplemented'
  | 'invalid-state'
  | 'out-of-memory'
  | 'closed';

// libopus' return codes, -1 to -7.
const BY_CODE: readonly OpusFailure[] = [
  'bad-argument',
  'buffer-too-small',
  'internal-error',
  'invalid-packet',
  'unimplemented',
  'invalid-state',
  'out-of-memory',
];

/** The codec refused. Branch on `reason`; the decoder or encoder is as good as before. */
export class OpusError extends Error {
  readonly reason: OpusFailure;

  constructor(reason: OpusFailure, what: string) {
    super(`opus ${what}: ${reason}`);
    this.name = 'OpusError';
    this.reason = reason;
  }

  static fromCode(code: number, what: string): OpusError {
    return new OpusError(BY_CODE[-code - 1] ?? 'internal-error', what);
  }
}
