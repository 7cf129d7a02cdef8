import { reachable } from './reachable.ts';
import type { RoomRouter } from './router.ts';
import { answersStun } from './stun.ts';

/** How the media port answers under an address. */
export interface Probe {
  readonly port: number;
  readonly udp: boolean;
  readonly tcp: boolean;
}

/** Knocks as a browser would: STUN over UDP with the credentials of a transport made for it, and a TCP connection. */
export async function probeMedia(router: RoomRouter, address: string): Promise<Probe> {
  const transport = await router.createCallerTransport();
  try {
    const { usernameFragment, password } = transport.iceParameters;
    // The same number but where any free port was asked for.
    const portOf = (wanted: string): number =>
      transport.iceCandidates.find(({ protocol }) => protocol === wanted)?.port ?? 0;
    const port = portOf('udp');
    const target = { address, port, username: `${usernameFragment}:probe`, password };
    const [udp, tcp] = await Promise.all([answersStun(target), reachable(address, portOf('tcp'))]);
    return { port, udp, tcp };
  } finally {
    transport.close();
  }
}
