import { isIPv6 } from 'node:net';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import type { TransportListenInfo } from 'mediasoup/types';

/** Sockets for single addresses beside those for all; more is no use. */
const MOST_ADDRESSES = 32;

export type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/**
 * The sockets of a worker. A UDP socket for all addresses answers from whichever address the route back prefers, and ICE
 * drops answers that come from elsewhere than it asked: so each address of this machine has a UDP socket beside it. The
 * kernel gives a packet to the closest match. What is left for the socket for all: addresses that come later.
 */
export function listenInfos(
  { listen, port }: { readonly listen: readonly string[]; readonly port: number },
  interfaces: Interfaces = networkInterfaces(),
  most = MOST_ADDRESSES,
): TransportListenInfo[] {
  const here = Object.values(interfaces).flatMap((all) => all ?? []);
  // Containers often have no IPv6 at all.
  const usable = listen.filter((ip) => !isIPv6(ip) || here.some(({ family }) => family === 'IPv6'));
  return usable.flatMap((ip) => {
    const flags = isIPv6(ip) ? { ipv6Only: true } : {};
    const tcp = { protocol: 'tcp', ip, port, flags } as const;
    if (!isAnyAddress(ip)) return [{ ...tcp, protocol: 'udp' } as const, tcp];
    const single = here.filter((each) => isIPv6(each.address) === isIPv6(ip) && !each.scopeid);
    const addresses = [ip, ...single.slice(0, most).map(({ address }) => address)];
    const udp = addresses.map((address) => ({
      protocol: 'udp' as const,
      ip: address,
      port,
      flags: { ...flags, udpReusePort: true },
    }));
    return [...udp, tcp];
  });
}

export const isAnyAddress = (ip: string): boolean => ip === '0.0.0.0' || ip === '::';
