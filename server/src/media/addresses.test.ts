import { expect, test } from '@jest/globals';
import { type Arrival, addressesFor, announcedAddresses, hostName } from './addresses.ts';
import type { Interfaces } from './listen.ts';

const from = (host: string | undefined, ends: Partial<Arrival> = {}): Arrival => ({
  host,
  localAddress: '192.168.1.5',
  isHere: false,
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

const laptop: Interfaces = {
  lo: [face('127.0.0.1', 8), face('::1', 128)],
  wlan: [face('192.168.1.5', 24), face('fe80::5', 64, 2), face('2001:db8::5', 64)],
  docker0: [face('172.17.0.1', 16)],
};

function face(address: string, prefix: number, scopeid = 0) {
  const is = { address, mac: '', netmask: '', cidr: `${address}/${prefix}`, internal: prefix === 8 || prefix === 128 };
  return address.includes(':') ? { ...is, family: 'IPv6' as const, scopeid } : { ...is, family: 'IPv4' as const };
}

const LAPTOP = ['192.168.1.5', '2001:db8::5'];
test.each([
  ['localhost:8000', ['127.0.0.1', ...LAPTOP]],
  ['parley.localhost', ['127.0.0.1', ...LAPTOP]],
  ['127.0.0.1:8000', ['127.0.0.1', ...LAPTOP]],
  ['[::1]:8000', ['::1', ...LAPTOP]],
  ['debian:8000', ['127.0.1.1', ...LAPTOP]],
  ['192.168.1.5', ['192.168.1.5']],
])('who is on this machine and came to %s is sent to %j: Firefox asks no loopback address', async (host, addresses) => {
  expect(await addressesFor(from(host, { isHere: true }), resolve, laptop)).toEqual(addresses);
});

test('who is elsewhere and says localhost learns nothing by it', async () => {
  expect(await addressesFor(from('localhost'), resolve, laptop)).toEqual(['127.0.0.1']);
});

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
