import { connect } from 'node:net';

/** How long a connection to our own media port may take, in ms. */
const PATIENCE_MS = 1500;

/** True where a TCP connection to the media port comes about, as a browser's TCP candidate would. */
export function reachable(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: PATIENCE_MS });
    const settle = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', settle(true)).once('error', settle(false)).once('timeout', settle(false));
  });
}
