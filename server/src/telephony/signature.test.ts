import { describe, expect, test } from '@jest/globals';
import { TwilioAccount } from './account.ts';
import { isSigned, signatureOf } from './signature.ts';

/** The example of Twilio's documentation. */
const TOKEN = '12345';
const URL = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const FIELDS = {
  CallSid: 'CA1234567890ABCDE',
  Caller: '+14158675309',
  Digits: '1234',
  From: '+14158675309',
  To: '+18005551212',
};
const SIGNATURE = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';

describe('a signature', () => {
  test('is the one that Twilio documents', () => {
    expect(signatureOf(TOKEN, URL, FIELDS)).toBe(SIGNATURE);
    expect(isSigned(TOKEN, SIGNATURE, [URL], FIELDS)).toBe(true);
  });

  test('holds for one token, one address and one set of fields', () => {
    expect(isSigned('12346', SIGNATURE, [URL], FIELDS)).toBe(false);
    expect(isSigned(TOKEN, SIGNATURE, [`${URL}&baz=3`], FIELDS)).toBe(false);
    expect(isSigned(TOKEN, SIGNATURE, [URL], { ...FIELDS, Digits: '1235' })).toBe(false);
    expect(isSigned(TOKEN, SIGNATURE.slice(0, -2), [URL], FIELDS)).toBe(false);
    expect(isSigned(TOKEN, '', [URL], FIELDS)).toBe(false);
  });

  test('counts what is sent more than once once, in order', () => {
    const twice = { To: ['b', 'a', 'b'] };
    expect(signatureOf(TOKEN, URL, twice)).toBe(signatureOf(TOKEN, `${URL}ToaTob`));
  });
});

describe('an account', () => {
  const path = '/v1/telephony/twilio';
  const asked = (url: string, headers: Record<string, string>, fields?: Record<string, string>) => ({
    url: path,
    headers: { ...headers, 'x-twilio-signature': signatureOf(TOKEN, url, fields) },
  });
  const account = (publicUrl?: string, proxies = 0) => new TwilioAccount({ authToken: TOKEN, publicUrl, proxies });

  test('knows this server by the name that Twilio asks for', () => {
    const request = asked(`https://voice.example${path}`, { host: 'voice.example' }, { To: '1' });
    expect(account().vouchesFor(request, { To: '1' })).toBe(true);
    expect(account().vouchesFor(request, { To: '2' })).toBe(false);
    expect(account().streamUrl(request)).toBe(`wss://voice.example${path}`);
  });

  test('believes a proxy of our own about that name, and nobody else', () => {
    const headers = { host: '127.0.0.1:8000', 'x-forwarded-host': 'voice.example' };
    const request = asked(`https://voice.example${path}`, headers);
    expect(account(undefined, 1).vouchesFor(request, {})).toBe(true);
    expect(account().vouchesFor(request, {})).toBe(false);
  });

  test('knows it by the name that is set, whatever is asked for', () => {
    const request = asked(`https://voice.example/parley${path}`, { host: '127.0.0.1:8000' });
    expect(account('https://voice.example/parley/').vouchesFor(request, {})).toBe(true);
    expect(account('https://voice.example/parley/').streamUrl(request)).toBe(`wss://voice.example/parley${path}`);
  });

  test('signs with the port or without it, and sockets with a slash or without', () => {
    const host = { host: 'voice.example:8443' };
    for (const name of ['voice.example:8443', 'voice.example', 'voice.example:443']) {
      expect(account().vouchesFor(asked(`https://${name}${path}`, host), {})).toBe(true);
      expect(account().vouchesForSocket(asked(`wss://${name}${path}`, host))).toBe(true);
      expect(account().vouchesForSocket(asked(`wss://${name}${path}/`, host))).toBe(true);
    }
    expect(account().vouchesForSocket(asked(`https://voice.example${path}`, host))).toBe(false);
  });

  test('without a token vouches for nothing', () => {
    const nobody = new TwilioAccount({ proxies: 0 });
    const request = { url: path, headers: { host: 'a', 'x-twilio-signature': signatureOf('', `https://a${path}`) } };
    expect(nobody.isSetUp).toBe(false);
    expect(nobody.vouchesFor(request, {})).toBe(false);
  });
});
