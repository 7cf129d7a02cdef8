import { isIPv6 } from 'node:net';
import type { IceCandidate } from 'mediasoup/types';

/** A later address is preferred a little less; far below the step between UDP and TCP. */
const PRIORITY_STEP = 256;

/**
 * The SFU's candidates under the addresses by which a caller can reach them. A socket of the same family is taken
 * where there is one; otherwise any, for something in front (Docker, a NAT) may translate.
 */
export function candidatesAt(sockets: readonly IceCandidate[], addresses: readonly string[]): IceCandidate[] {
  return addresses.flatMap((address, rank) =>
    (['udp', 'tcp'] as const).flatMap((protocol) => {
      const offered = sockets.filter((socket) => socket.protocol === protocol);
      const socket = offered.find(({ ip }) => isIPv6(ip) === isIPv6(address)) ?? offered[0];
      if (!socket) return [];
      const { foundation, priority } = socket;
      return [
        {
          ...socket,
          foundation: `${foundation}${rank}`,
          priority: priority - rank * PRIORITY_STEP,
          ip: address,
          address,
        },
      ];
    }),
  );
}
