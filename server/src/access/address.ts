import type { IncomingHttpHeaders } from 'node:http';
import { isIPv6 } from 'node:net';

/** What is known of who sends a request. */
export interface Sender {
  /** As proxies that are trusted say. */
  readonly ip: string;
  readonly headers: IncomingHttpHeaders;
}

const LOOPBACK = /^(localhost|(.+\.)?localhost|127(\.\d+){3}|::1|\[::1\])$/i;

export const isLoopback = (host: string): boolean => LOOPBACK.test(host.replace(/^::ffff:/i, ''));

/** The name in a Host header or an origin, without its port. */
const nameOf = (host: string): string => (URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : '');

/** Came over a proxy, whether we know of that or not. */
const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined || headers['x-real-ip'] !== undefined;

/**
 * From a program of this machine: nobody else can come by its own address, unless a proxy brings them. `published`: where
 * the host of our container publishes our port; who comes to its loopback has another address here.
 */
export const isThisMachine = ({ ip, headers }: Sender, published?: string): boolean =>
  !isForwarded(headers) && (isLoopback(ip) || (published !== undefined && isLoopback(published)));

/** A page that this machine itself has opened; a foreign site can give itself our address, but not our name. */
export function isOwnPage({ origin, host = '', 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site === 'cross-site' || !isLoopback(nameOf(host))) return false;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host.toLowerCase());
}

/**
 * Where a request comes from. `proxies`: how many of our own are in front; each adds the address that it sees at the
 * end, and what stands before is hearsay.
 */
export function senderOf(
  { headers, socket }: { headers: IncomingHttpHeaders; socket: { readonly remoteAddress?: string } },
  proxies: number,
): Sender {
  const told = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
  const way = [...told, socket.remoteAddress ?? ''];
  return { ip: way[Math.max(0, way.length - 1 - proxies)] ?? '', headers };
}

/** Groups of an IPv6 address that a network hands to one customer. */
const IPV6_GROUPS = 4;

/** Whom a limit counts as one: an IPv4 address, or the /64 of an IPv6 address. */
export function countedAs(ip: string): string {
  const address = ip.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head ? head.split(':') : [];
  const after = tail ? tail.split(':') : [];
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array(Math.max(0, gap)).fill('0'), ...after].slice(0, IPV6_GROUPS).join(':');
}
