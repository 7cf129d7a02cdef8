import { expect, test } from '@jest/globals';
import type { IceCandidate } from 'mediasoup/types';
import { candidatesAt } from './candidates.ts';

const socket = (protocol: 'udp' | 'tcp', ip: string, priority: number): IceCandidate => ({
  foundation: `${protocol}candidate`,
  priority,
  ip,
  address: ip,
  protocol,
  port: ip === '::' ? 44_446 : 44_444,
  type: 'host',
  tcpType: protocol === 'tcp' ? 'passive' : undefined,
});
const four = [socket('udp', '0.0.0.0', 2_000_000), socket('tcp', '0.0.0.0', 1_000_000)];
const both = [...four, socket('udp', '::', 1_999_000), socket('tcp', '::', 999_000)];
const short = (all: IceCandidate[]): unknown[] => all.map(({ protocol, address, port }) => [protocol, address, port]);

test('each address gets UDP and TCP, from the socket of its family', () => {
  expect(short(candidatesAt(both, ['203.0.113.9', '2001:db8::9']))).toEqual([
    ['udp', '203.0.113.9', 44_444],
    ['tcp', '203.0.113.9', 44_444],
    ['udp', '2001:db8::9', 44_446],
    ['tcp', '2001:db8::9', 44_446],
  ]);
});

test('the socket of the very address is taken where there is one', () => {
  const own = { ...socket('udp', '192.168.1.5', 1_998_000), port: 50_000 };
  expect(short(candidatesAt([...both, own], ['192.168.1.5']))[0]).toEqual(['udp', '192.168.1.5', 50_000]);
});

test('an address of a family that has no socket is announced on the other: Docker translates', () => {
  expect(short(candidatesAt(four, ['2001:db8::9']))).toEqual([
    ['udp', '2001:db8::9', 44_444],
    ['tcp', '2001:db8::9', 44_444],
  ]);
});

test('a name is announced as it is', () => {
  expect(short(candidatesAt(both, ['macbook.local']))).toEqual([
    ['udp', 'macbook.local', 44_444],
    ['tcp', 'macbook.local', 44_444],
  ]);
});

test('UDP is preferred to TCP, and earlier addresses to later ones', () => {
  const byPriority = candidatesAt(four, ['10.0.0.1', '10.0.0.2']).sort((a, b) => b.priority - a.priority);
  expect(short(byPriority)).toEqual([
    ['udp', '10.0.0.1', 44_444],
    ['udp', '10.0.0.2', 44_444],
    ['tcp', '10.0.0.1', 44_444],
    ['tcp', '10.0.0.2', 44_444],
  ]);
  expect(new Set(byPriority.map(({ foundation }) => foundation)).size).toBe(4);
});
