import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type RtpPacket, RtpSocket, serializeRtp } from './index.ts';

const IP = '127.0.0.1';
const rtp = (ssrc: number, sequence: number): Uint8Array =>
  serializeRtp({ payloadType: 111, sequence, timestamp: sequence * 960, ssrc, payload: Uint8Array.of(1, 2, 3) });

describe('a socket', () => {
  let socket: RtpSocket;
  let remote: Socket;

  beforeEach(async () => {
    socket = await RtpSocket.open({ ip: IP });
    remote = createSocket('udp4');
    remote.bind(0, IP);
    await once(remote, 'listening');
  });

  afterEach(async () => {
    await socket.close();
    remote.close();
  });

  const deliver = (bytes: Uint8Array): void => remote.send(bytes, socket.address.port, IP);

  test('tells streams apart by their SSRC', async () => {
    const seen: string[] = [];
    const done = new Promise<void>((resolve) => {
      socket.route(1, ({ sequence }) => seen.push(`one ${sequence}`));
      socket.route(2, ({ sequence }) => {
        seen.push(`two ${sequence}`);
        if (sequence === 30) resolve();
      });
    });
    for (const [ssrc, sequence] of [
      [1, 10],
      [2, 20],
      [3, 99],
      [1, 11],
      [2, 30],
    ] as const)
      deliver(rtp(ssrc, sequence));
    await done;
    expect(seen).toEqual(['one 10', 'two 20', 'one 11', 'two 30']);
    expect(socket.stats).toMatchObject({ received: 5, unrouted: 1, malformed: 0 });
  });

  test('keeps RTCP and noise away from the streams', async () => {
    const packets: RtpPacket[] = [];
    const reports: Uint8Array[] = [];
    socket.onRtcp((bytes) => reports.push(bytes));
    const done = new Promise<void>((resolve) => {
      socket.route(1, (packet) => {
        packets.push(packet);
        resolve();
      });
    });
    deliver(Uint8Array.of(0x80, 0xc9, 0, 1, 0, 0, 0, 1));
    deliver(Uint8Array.of(1, 2, 3));
    deliver(rtp(1, 5));
    await done;
    expect(packets.length).toBe(1);
    expect(reports.length).toBe(1);
    expect(socket.stats.malformed).toBe(1);
  });

  test('forgets a stream that has left, and takes it anew', () => {
    const leave = socket.route(1, () => {});
    expect(() => socket.route(1, () => {})).toThrow(RangeError);
    leave();
    const again = socket.route(1, () => {});
    leave();
    expect(() => socket.route(1, () => {})).toThrow(RangeError);
    again();
  });

  test('sends at once', async () => {
    const arrived = once(remote, 'message');
    socket.send(rtp(7, 1), { ip: IP, port: remote.address().port });
    const [bytes] = (await arrived) as [Buffer];
    expect(new Uint8Array(bytes)).toEqual(rtp(7, 1));
    expect(socket.stats.sent).toBe(1);
  });

  test('lives on when nobody is at the other end', async () => {
    const gone = createSocket('udp4');
    gone.bind(0, IP);
    await once(gone, 'listening');
    const { port } = gone.address();
    gone.close();
    for (let i = 0; i < 20; i++) socket.send(rtp(7, i), { ip: IP, port });
    socket.send(rtp(7, 99), { ip: IP, port: 0 });
    const arrived = once(remote, 'message');
    socket.send(rtp(7, 100), { ip: IP, port: remote.address().port });
    await arrived;
  });

  test('closes once, frees its port, and sends nothing after', async () => {
    const closing = socket.close();
    expect(socket.close()).toBe(closing);
    await closing;
    socket.send(rtp(1, 1), { ip: IP, port: remote.address().port });
    expect(socket.stats.sent).toBe(0);
    const next = await RtpSocket.open({ ip: IP, port: socket.address.port });
    await next.close();
  });

  test('says why where the address is taken', async () => {
    await expect(RtpSocket.open({ ip: IP, port: socket.address.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});
