export type AccessRefusal = 'unauthorized' | 'forbidden' | 'too-many-requests';

/** Somebody is not let in, or may not do this. Branch on `code`; the message is for them. */
export class AccessRefused extends Error {
  readonly code: AccessRefusal;

  constructor(code: AccessRefusal, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AccessRefused';
    this.code = code;
  }

  static tooMany(what: string): AccessRefused {
    return new AccessRefused('too-many-requests', `too many ${what}; try again in a moment`);
  }
}
