import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Interfaces, isAnyAddress } from './listen.ts';

/** How the browser reached the signaling server. */
export interface Arrival {
  /** The `Host` header (or what a trusted proxy forwards of it), with or without a port. */
  readonly host: string | undefined;
  /** This machine's end of the signaling connection. */
  readonly localAddress: string | undefined;
  /** The other end is on this machine, or on the one around this container. */
  readonly isHere: boolean;
}

/** All addresses of a name; rejects where there are none. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (name) =>
  (await lookup(name, { all: true, order: 'ipv4first' })).map(({ address }) => address);

/** A name that does not resolve in this time is announced as it is, in ms. */
const RESOLVE_PATIENCE_MS = 2000;
const LONGEST_NAME = 253;
const NAME = /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?\.?$/;

/**
 * Where the browser can reach our media: under the address by which it reached signaling. Never empty.
 * See docs/adr/0007-addresses-by-how-you-came.md.
 */
export async function addressesFor(
  arrival: Arrival,
  resolve: Resolve = systemResolve,
  interfaces: Interfaces = networkInterfaces(),
): Promise<readonly string[]> {
  const name = hostName(arrival.host);
  if (name === undefined) return [ownEnd(arrival)];
  if (name === 'localhost' || name.endsWith('.localhost')) return here(['127.0.0.1'], arrival, interfaces);
  if (!isIP(name)) return named(name, arrival, resolve, interfaces);
  if (isLoopback(name)) return here([name], arrival, interfaces);
  return [isAnyAddress(name) ? ownEnd(arrival) : name];
}

/** Firefox asks no loopback address; who is not on this machine learns no other one. */
const here = (loopback: readonly string[], { isHere }: Arrival, interfaces: Interfaces): readonly string[] =>
  isHere ? [...loopback, ...ownAddresses(interfaces)] : loopback;

/** By which a caller on this machine reaches it too: the first of each family, IPv4 first. */
function ownAddresses(interfaces: Interfaces): string[] {
  const outer = Object.values(interfaces).flatMap((all = []) => all.filter((each) => !each.internal && !each.scopeid));
  const first = (family: 'IPv4' | 'IPv6') => outer.find((each) => each.family === family)?.address;
  return [first('IPv4'), first('IPv6')].filter((address) => address !== undefined);
}

/** The address that the operator announces: an IP, or a name that is looked up each time (it may move). */
export async function announcedAddresses(
  announced: string,
  resolve: Resolve = systemResolve,
): Promise<readonly string[]> {
  if (isIP(announced)) return [announced];
  return (await patiently(announced, resolve)) ?? [announced];
}

/** `[::1]:8000` -> `::1`, `Example.com:80` -> `example.com`; undefined where it is no host at all. */
export function hostName(host: string | undefined): string | undefined {
  const text = host?.trim().toLowerCase() ?? '';
  const bracketed = /^\[([^\]]+)\](:\d+)?$/.exec(text)?.[1];
  const bare = (bracketed ?? text.replace(/:\d+$/, '')).replace(/%.*$/, '');
  if (bracketed !== undefined) return isIPv6(bare) ? bare : undefined;
  return bare.length <= LONGEST_NAME && NAME.test(bare) ? bare.replace(/\.$/, '') : undefined;
}

async function named(
  name: string,
  arrival: Arrival,
  resolve: Resolve,
  interfaces: Interfaces,
): Promise<readonly string[]> {
  const found = await patiently(name, resolve);
  // Browsers look names up too, and the name worked for them.
  if (!found) return [name];
  if (!found.every(isLoopback)) return found;
  // Debian gives a machine's own name 127.0.1.1: true for callers on this machine only.
  return arrival.isHere ? here(found, arrival, interfaces) : [ownEnd(arrival)];
}

async function patiently(name: string, resolve: Resolve): Promise<readonly string[] | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<undefined>((done) => {
    timer = setTimeout(() => done(undefined), RESOLVE_PATIENCE_MS);
  });
  const found = await Promise.race([resolve(name).catch(() => undefined), enough]);
  clearTimeout(timer);
  return found?.length ? [...new Set(found)] : undefined;
}

const ownEnd = (arrival: Arrival): string => plain(arrival.localAddress) ?? '127.0.0.1';

/** `::ffff:10.0.0.1`, an IPv4 caller on a dual-stack socket, is 10.0.0.1. */
const plain = (address: string | undefined): string | undefined => address?.replace(/^::ffff:(?=\d+\.)/i, '');

const isLoopback = (ip: string): boolean => ip.startsWith('127.') || ip === '::1';
