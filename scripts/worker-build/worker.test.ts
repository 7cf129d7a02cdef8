// The worker that set-up found or built, where a home-made one could be wrong: DTLS and SRTP. Plain transports
// alone would show neither the handshake that crashed it nor a mistake in the SRTP bridge.
import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createWorker, type types } from 'mediasoup';
import { DtlsPeer } from './dtls-peer.ts';

const listen = { listenInfos: [{ protocol: 'udp' as const, ip: '127.0.0.1' }] };
const opus = {
  mimeType: 'audio/opus',
  kind: 'audio' as const,
  clockRate: 48000,
  channels: 2,
  preferredPayloadType: 111,
};
const nack = [{ type: 'nack' }];
const header = { payloadType: 111, timestampStep: 960 };

const describeWithOpenssl = hasOpenssl() ? describe : describe.skip;

describeWithOpenssl('the mediasoup worker', () => {
  let worker: types.Worker;
  let router: types.Router;
  let transport: types.WebRtcTransport;
  let plain: types.PlainTransport;
  let agent: Socket;
  let peer: DtlsPeer;

  beforeEach(async () => {
    worker = await createWorker({ logLevel: 'none' });
    router = await worker.createRouter({ mediaCodecs: [{ ...opus, rtcpFeedback: nack }] });
    transport = await router.createWebRtcTransport(listen);
    plain = await router.createPlainTransport({ listenInfo: listen.listenInfos[0]!, rtcpMux: true, comedia: false });
    agent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(agent, 'listening');
    await plain.connect({ ip: '127.0.0.1', port: agent.address().port });
    peer = await DtlsPeer.connect(transport);
  }, 30_000);
  afterEach(() => {
    peer?.close();
    agent?.close();
    worker?.close();
  });

  test('survives the DTLS handshake of a peer', async () => {
    while (transport.dtlsState !== 'connected') await once(transport, 'dtlsstatechange');
    expect(worker.died).toBe(false);
  });

  test('decrypts what a peer sends', async () => {
    const producer = await transport.produce({ kind: 'audio', rtpParameters: sending(1111) });
    await plain.consume({ producerId: producer.id, rtpCapabilities: router.rtpCapabilities });
    const heard = collect((hear) => agent.on('message', hear), 5);
    await flow(heard, (sequence) => peer.sendRtp(rtp(1111, sequence)));
    expect((await heard).map(payload)).toEqual(words(5));
  });

  describe('toward a peer', () => {
    beforeEach(async () => {
      const producer = await plain.produce({ kind: 'audio', rtpParameters: sending(2222) });
      // Without RTX in its capabilities a peer gets retransmissions as the very same packets.
      const codecs = router.rtpCapabilities.codecs!.filter((codec) => codec.mimeType === opus.mimeType);
      const rtpCapabilities = { codecs, headerExtensions: [] };
      const consumer = await transport.consume({ producerId: producer.id, rtpCapabilities, enableRtx: true });
      expect(consumer.rtpParameters.codecs[0]!.rtcpFeedback).toEqual([expect.objectContaining(nack[0]!)]);
    });

    test('encrypts what it sends', async () => {
      const heard = collect((hear) => peer.onRtp(hear), 5);
      await flow(heard, (sequence) => agent.send(rtp(2222, sequence), plain.tuple.localPort, '127.0.0.1'));
      expect((await heard).map(payload)).toEqual(words(5));
    });

    test('encrypts a packet once more when the peer reports it lost', async () => {
      const heard = collect((hear) => peer.onRtp(hear), 5);
      await flow(heard, (sequence) => agent.send(rtp(2222, sequence), plain.tuple.localPort, '127.0.0.1'));
      const lost = (await heard)[2]!;
      const repeated = collect((hear) => peer.onRtp(hear), 1);
      peer.sendRtcp(negativeAcknowledgement(lost.readUInt32BE(8), lost.readUInt16BE(2)));
      expect((await repeated)[0]).toEqual(lost);
    });
  });
});

function hasOpenssl(): boolean {
  try {
    return execFileSync('openssl', ['version'], { encoding: 'utf8' }).startsWith('OpenSSL');
  } catch {
    return false;
  }
}

const sending = (ssrc: number): types.RtpParameters => ({
  codecs: [{ mimeType: opus.mimeType, payloadType: 111, clockRate: 48000, channels: 2, rtcpFeedback: nack }],
  encodings: [{ ssrc }],
  rtcp: { cname: `cname-${ssrc}` },
});

function rtp(ssrc: number, sequence: number): Buffer {
  const packet = Buffer.alloc(12);
  packet[0] = 0x80;
  packet[1] = header.payloadType;
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * header.timestampStep, 4);
  packet.writeUInt32BE(ssrc, 8);
  return Buffer.concat([packet, Buffer.from(`word ${sequence}`)]);
}

/** RFC 4585, 6.2.1: a receiver's report comes first in every RTCP packet, then the NACK. */
function negativeAcknowledgement(ssrc: number, sequence: number): Buffer {
  const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 7]);
  const request = Buffer.alloc(16);
  request.set([0x81, 205, 0, 3, 0, 0, 0, 7]);
  request.writeUInt32BE(ssrc, 8);
  request.writeUInt16BE(sequence, 12);
  return Buffer.concat([report, request]);
}

const payload = (packet: Buffer): string => {
  const extensionBytes = packet[0]! & 0x10 ? 4 + 4 * packet.readUInt16BE(14) : 0;
  return packet.subarray(12 + extensionBytes).toString();
};
const words = (count: number): string[] => Array.from({ length: count }, (_, i) => `word ${i + 1}`);

/** The first `count` packets that come. */
function collect(listen: (hear: (packet: Buffer) => void) => void, count: number): Promise<Buffer[]> {
  return new Promise((resolve) => {
    const packets: Buffer[] = [];
    listen((packet) => {
      packets.push(Buffer.from(packet));
      if (packets.length === count) resolve(packets);
    });
  });
}

/** Sends packets at the pace of speech until enough have arrived. */
async function flow(arrived: Promise<unknown>, send: (sequence: number) => void): Promise<void> {
  let sequence = 0;
  const pace = setInterval(() => send(++sequence), 20);
  await arrived;
  clearInterval(pace);
}
