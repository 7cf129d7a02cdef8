import type { Router, WebRtcServer, WebRtcTransport } from 'mediasoup/types';
// biome-ignore lint/style/noRestrictedImports: a router that the bench puts in the place of the server's
import { RoomRouter } from '../../server/src/media/index.ts';

/**
 * A room's media whose callers come over plain RTP: many of them fit into one process, as nothing is encrypted. They
 * are offered a port of this machine as an ICE candidate, and send there first: their address is learned from that.
 */
export class PlainRouter extends RoomRouter {
  readonly #own: Router;

  constructor(router: Router, webRtcServer: WebRtcServer) {
    super(router, webRtcServer);
    this.#own = router;
  }

  override async createCallerTransport(): Promise<WebRtcTransport> {
    const transport = await this.#own.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      rtcpMux: true,
      comedia: true,
    });
    const { localPort: port } = transport.tuple;
    const candidate = { foundation: 'plain', priority: 1, ip: '127.0.0.1', port, protocol: 'udp', type: 'host' };
    const dressed = {
      iceParameters: { usernameFragment: 'plain', password: 'plain', iceLite: true },
      iceCandidates: [candidate],
      dtlsParameters: { role: 'auto', fingerprints: [] },
      dtlsState: 'connected',
      connect: async () => {},
    };
    return Object.assign(transport, dressed) as unknown as WebRtcTransport;
  }
}
