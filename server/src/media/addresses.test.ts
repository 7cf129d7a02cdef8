import { expect, test } from '@jest/globals';
import { type Arrival, addressesFor, announcedAddresses, hostName } from './addresses.ts';

const from = (host: string | undefined, ends: Partial<Arrival> = {}): Arrival => ({
  host,
  localAddress: '192.168.1.5',
  remoteAddress: '192.168.1.77',
  ...ends,
});
const names: Record<string, string[]> = {
  'voice.example.com': ['203.0.113.9', '2001:db8::9'],
  debian: ['127.0.1.1'],
};
const resolve = async (name: string): Promise<string[]> => {
  const found = names[name];
  if (!found) throw new Error('ENOTFOUND');
  return found;
};

test.each([
  ['localhost:8000', ['127.0.0.1']],
  ['LOCALHOST', ['127.0.0.1']],
  ['parley.localhost:8000', ['127.0.0.1']],
  ['127.0.0.1:8000', ['127.0.0.1']],
  ['192.168.1.5:8000', ['192.168.1.5']],
  ['10.1.2.3', ['10.1.2.3']],
  ['[::1]:8000', ['::1']],
  ['[2001:db8::5]:8000', ['2001:db8::5']],
  ['[2001:db8::5]', ['2001:db8::5']],
  ['voice.example.com', ['203.0.113.9', '2001:db8::9']],
  ['Voice.Example.COM.:443', ['203.0.113.9', '2001:db8::9']],
])('who came to %s is sent to %j', async (host, addresses) => {
  expect(await addressesFor(from(host), resolve)).toEqual(addresses);
});

test('a name that only the browser can resolve is handed back as it is', async () => {
  expect(await addressesFor(from('macbook.local:8000'), resolve)).toEqual(['macbook.local']);
});

test('a name that never resolves holds nobody up', async () => {
  const never = (): Promise<string[]> => new Promise(() => {});
  expect(await addressesFor(from('slow.example'), never)).toEqual(['slow.example']);
});

test("the machine's own name that means loopback here is no use to others", async () => {
  expect(await addressesFor(from('debian:8000'), resolve)).toEqual(['192.168.1.5']);
  const local = { localAddress: '127.0.1.1', remoteAddress: '127.0.0.1' };
  expect(await addressesFor(from('debian:8000', local), resolve)).toEqual(['127.0.1.1']);
});

test.each([[undefined], [''], ['a b'], ['[nonsense]'], ['-x-'], ['0.0.0.0:8000'], ['[::]'], [`${'a'.repeat(300)}.de`]])(
  'who came to %j is sent to where the connection ends',
  async (host) => {
    expect(await addressesFor(from(host), resolve)).toEqual(['192.168.1.5']);
    expect(await addressesFor(from(host, { localAddress: '::ffff:10.0.0.1' }), resolve)).toEqual(['10.0.0.1']);
  },
);

test('an announced address is taken as it is, an announced name is looked up', async () => {
  expect(await announcedAddresses('198.51.100.7', resolve)).toEqual(['198.51.100.7']);
  expect(await announcedAddresses('voice.example.com', resolve)).toEqual(['203.0.113.9', '2001:db8::9']);
  expect(await announcedAddresses('gone.example.com', resolve)).toEqual(['gone.example.com']);
});

test('a zone is of no use to the other side', () => {
  expect(hostName('[fe80::1%eth0]:8000')).toBe('fe80::1');
});
