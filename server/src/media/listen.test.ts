import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from '@jest/globals';
import { listenInfos } from './listen.ts';

const info = (address: string, scopeid?: number): NetworkInterfaceInfo => {
  const rest = { netmask: '', mac: '', internal: false, cidr: null };
  return address.includes(':')
    ? { ...rest, family: 'IPv6', address, scopeid: scopeid ?? 0 }
    : { ...rest, family: 'IPv4', address };
};
const machine = {
  lo: [info('127.0.0.1'), info('::1')],
  eth0: [info('192.168.1.5'), info('2001:db8::5'), info('fe80::1', 2)],
};
const short = (listen: string[], interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = machine): string[] =>
  listenInfos({ listen, port: 44_444 }, interfaces).map(({ protocol, ip, flags }) =>
    [protocol, ip, ...(flags?.udpReusePort ? ['shared'] : [])].join(' '),
  );

test('listening on all addresses means a UDP socket for each of them too, and one TCP socket', () => {
  expect(short(['0.0.0.0'])).toEqual([
    'udp 0.0.0.0 shared',
    'udp 127.0.0.1 shared',
    'udp 192.168.1.5 shared',
    'tcp 0.0.0.0',
  ]);
});

test('IPv6 has sockets of its own, and none for link-local addresses, which need a zone', () => {
  expect(short(['::'])).toEqual(['udp :: shared', 'udp ::1 shared', 'udp 2001:db8::5 shared', 'tcp ::']);
  expect(listenInfos({ listen: ['::'], port: 1 }, machine).every(({ flags }) => flags?.ipv6Only)).toBe(true);
});

test('listening on one address means that one, not shared', () => {
  expect(short(['192.168.1.5'])).toEqual(['udp 192.168.1.5', 'tcp 192.168.1.5']);
});

test('a machine without IPv6 listens without', () => {
  expect(short(['0.0.0.0', '::'], { lo: [info('127.0.0.1')] })).toEqual([
    'udp 0.0.0.0 shared',
    'udp 127.0.0.1 shared',
    'tcp 0.0.0.0',
  ]);
});
