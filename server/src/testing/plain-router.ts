import type { Router, WebRtcServer, WebRtcTransport } from 'mediasoup/types';
import { RoomRouter } from '../media/index.ts';
import { dtlsClient } from './parameters.ts';

/** A room's media whose callers come over plain RTP: whoever sends to the port of the one ICE candidate is the caller. */
export class PlainRouter extends RoomRouter {
  readonly router: Router;

  constructor(router: Router, webRtcServer: WebRtcServer) {
    super(router, webRtcServer);
    this.router = router;
  }

  override async createCallerTransport(): Promise<WebRtcTransport> {
    const listenInfo = { protocol: 'udp', ip: '127.0.0.1' } as const;
    const transport = await this.router.createPlainTransport({ listenInfo, rtcpMux: true, comedia: true });
    const { localPort: port } = transport.tuple;
    const candidate = { foundation: 'plain', priority: 1, ip: '127.0.0.1', port, protocol: 'udp', type: 'host' };
    const dressed = {
      iceParameters: { usernameFragment: 'plain', password: 'plain', iceLite: true },
      iceCandidates: [candidate],
      dtlsParameters: dtlsClient,
      dtlsState: 'connected',
      connect: async () => {},
    };
    return Object.assign(transport, dressed) as unknown as WebRtcTransport;
  }
}
