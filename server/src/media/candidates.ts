import { isIPv6 } from 'node:net';
import type { IceCandidate } from 'mediasoup/types';

/** A later address is preferred a little less; far below the step between UDP and TCP. */
const PRIORITY_STEP = 256;

/**
 * The SFU's candidates under the addresses by which a caller can reach them. The socket of that very address is taken
 * where there is one, else one of its family; otherwise any, for something in front (Docker, a NAT) may translate.
 */
export function candidatesAt(sockets: readonly IceCandidate[], addresses: readonly string[]): IceCandidate[] {
  return addresses.flatMap((address, rank) =>
    (['udp', 'tcp'] as const).flatMap((protocol) => {
      const offered = sockets.filter((socket) => socket.protocol === protocol);
      const [best] = offered;
      const socket =
        offered.find(({ ip }) => ip === address) ?? offered.find(({ ip }) => isIPv6(ip) === isIPv6(address)) ?? best;
      if (!best || !socket) return [];
      const priority = best.priority - rank * PRIORITY_STEP;
      return [{ ...socket, foundation: `${socket.foundation}${rank}`, priority, ip: address, address }];
    }),
  );
}
