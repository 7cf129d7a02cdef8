import { lookup } from 'node:dns/promises';
import { isIP, isIPv6 } from 'node:net';
import { isAnyAddress } from './listen.ts';

/** How the browser reached the signaling server. */
export interface Arrival {
  /** The `Host` header (or what a trusted proxy forwards of it), with or without a port. */
  readonly host: string | undefined;
  /** This machine's end of the signaling connection, and the other one. */
  readonly localAddress: string | undefined;
  readonly remoteAddress: string | undefined;
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
export async function addressesFor(arrival: Arrival, resolve: Resolve = systemResolve): Promise<readonly string[]> {
  const name = hostName(arrival.host);
  if (name === undefined) return [ownEnd(arrival)];
  if (isIP(name)) return [isAnyAddress(name) ? ownEnd(arrival) : name];
  if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1'];
  return named(name, arrival, resolve);
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

async function named(name: string, arrival: Arrival, resolve: Resolve): Promise<readonly string[]> {
  const found = await patiently(name, resolve);
  // Browsers look names up too, and the name worked for them.
  if (!found) return [name];
  // Debian gives a machine's own name 127.0.1.1: true for callers on this machine only.
  if (found.every(isLoopback) && !isLoopback(plain(arrival.remoteAddress) ?? '')) return [ownEnd(arrival)];
  return found;
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
