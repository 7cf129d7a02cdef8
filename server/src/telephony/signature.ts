import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a form says; a name may stand there more than once. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

/** What Twilio writes into X-Twilio-Signature: the address that it asks for, and what it sends, under its account's token. */
export function signatureOf(authToken: string, url: string, fields: FormFields = {}): string {
  const signed = Object.keys(fields)
    .sort()
    .map((name) => written(name, fields[name] ?? ''));
  return createHmac('sha1', authToken)
    .update([url, ...signed].join(''))
    .digest('base64');
}

/** Takes as long for what is nearly right as for what is wrong. `urls`: as Twilio may have written the address. */
export function isSigned(authToken: string, signature: string, urls: readonly string[], fields?: FormFields): boolean {
  const given = Buffer.from(signature);
  return urls
    .map((url) => Buffer.from(signatureOf(authToken, url, fields)))
    .some((right) => right.length === given.length && timingSafeEqual(right, given));
}

/** What is sent more than once counts once, in order. */
const written = (name: string, value: string | readonly string[]): string =>
  typeof value === 'string'
    ? name + value
    : [...new Set(value)]
        .sort()
        .map((each) => name + each)
        .join('');
