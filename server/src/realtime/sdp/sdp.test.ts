import { describe, expect, test } from '@jest/globals';
import { parse } from 'sdp-transform';
import { readOffer, voiceOf, writeAnswer } from './index.ts';
import { CHROMIUM, FIREFOX } from './testing/offers.ts';

const ANSWERER = {
  sessionId: 7,
  iceParameters: { usernameFragment: 'ours', password: 'a-password-of-ours', iceLite: true },
  iceCandidates: [
    {
      ...{ foundation: 'udp0', priority: 1_076_302_079, ip: '192.0.2.7', address: '192.0.2.7' },
      ...({ protocol: 'udp', port: 44_444, type: 'host' } as const),
    },
    {
      ...{ foundation: 'tcp0', priority: 1_076_276_479, ip: '192.0.2.7', address: '192.0.2.7' },
      ...({ protocol: 'tcp', port: 44_444, type: 'host', tcpType: 'passive' } as const),
    },
  ],
  dtlsParameters: {
    role: 'auto',
    fingerprints: [
      { algorithm: 'sha-1', value: 'AA' },
      { algorithm: 'sha-256', value: 'BB' },
    ],
  },
  maxDataBytes: 262_144,
} as const;

const answerTo = (sdp: string): string =>
  writeAnswer(readOffer(sdp), { ...ANSWERER, iceCandidates: [...ANSWERER.iceCandidates] } as never);

describe('an offer', () => {
  test('of Chromium is understood', () => {
    const { audio, data, dtls } = readOffer(CHROMIUM);
    expect(audio).toMatchObject({
      mid: '0',
      opus: { payloadType: 111, feedback: ['transport-cc'] },
      ...{ speaks: true, hears: true, ssrc: 3596059213, cname: '1F0sc5wFdS1gw4SO' },
    });
    expect(audio.extensions.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(data).toMatchObject({ mid: '1', protocol: 'UDP/DTLS/SCTP' });
    expect(dtls).toEqual({
      role: 'client',
      fingerprints: [{ algorithm: 'sha-256', value: expect.stringMatching(/^14:28:36:.*:0A$/) }],
    });
  });

  test('of Firefox is understood: another payload type, its fingerprint once for both sections', () => {
    const { audio, data, dtls } = readOffer(FIREFOX);
    expect(voiceOf(audio)).toMatchObject({
      mid: '0',
      codecs: [{ mimeType: 'audio/opus', payloadType: 109, rtcpFeedback: [{ type: 'transport-cc' }] }],
      headerExtensions: [{ id: 1 }, { id: 7 }],
      encodings: [{ ssrc: 1885972770 }],
    });
    expect(data?.mid).toBe('1');
    expect(dtls.fingerprints[0]?.value).toMatch(/^E2:DA/);
  });

  test('whose data has no port of its own, only a place in the bundle, is understood', () => {
    const bundled = FIREFOX.replace('m=application 9', 'm=application 0').replace(
      'a=mid:1',
      'a=bundle-only\r\na=mid:1',
    );
    expect(readOffer(bundled).data?.mid).toBe('1');
  });

  test('that does not tell its SSRC has the name of its section in each packet', () => {
    const { audio } = readOffer(CHROMIUM.replaceAll(/a=ssrc.*\r\n/g, ''));
    expect(voiceOf(audio)).toMatchObject({ mid: '0', encodings: [{}] });
    expect(audio.extensions.at(-1)).toEqual({ id: 4, uri: 'urn:ietf:params:rtp-hdrext:sdes:mid' });
  });

  test('of who only listens, and wants no events, is understood', () => {
    const [offer = ''] = CHROMIUM.replace('BUNDLE 0 1', 'BUNDLE 0').split('m=application');
    const { audio, data } = readOffer(offer.replace('a=sendrecv', 'a=recvonly'));
    expect([audio.speaks, audio.hears, data]).toEqual([false, true, undefined]);
  });

  test.each<[string, (sdp: string) => string, RegExp]>([
    ['nothing', () => '', /v=0/],
    ['no SDP', () => '{"sdp":"v=0"}', /v=0/],
    ['an empty session', () => 'v=0\r\n', /media/],
    ['no audio', (sdp) => sdp.replace('m=audio', 'm=video'), /audio section/],
    ['no Opus', (sdp) => sdp.replace('opus/48000/2', 'PCMU/8000'), /Opus/],
    ['no bundle', (sdp) => sdp.replace('a=group:BUNDLE 0 1\r\n', ''), /bundled/],
    ['audio beside the bundle', (sdp) => sdp.replace('BUNDLE 0 1', 'BUNDLE 1'), /bundled/],
    ['RTCP on a port of its own', (sdp) => sdp.replace('a=rtcp-mux\r\n', ''), /rtcp-mux/],
    ['no fingerprint', (sdp) => sdp.replaceAll(/a=fingerprint.*\r\n/g, ''), /fingerprint/],
    ['a fingerprint that is none', (sdp) => sdp.replaceAll('14:28', 'xy:zw'), /fingerprint/],
    ['who wants to be called back', (sdp) => sdp.replaceAll('setup:actpass', 'setup:passive'), /setup/],
    ['no end', (sdp) => sdp + 'a=x\r\n'.repeat(20_000), /longer/],
    ['sections without end', (sdp) => sdp + 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n'.repeat(40), /media/],
  ])('with %s is refused, and says why', (_, spoil, why) => {
    expect(() => readOffer(spoil(CHROMIUM))).toThrow(
      expect.objectContaining({ code: 'invalid_offer', message: expect.stringMatching(why) }),
    );
  });
});

describe('the answer', () => {
  test('takes audio and data, under the addresses that are given, and waits for the handshake', () => {
    const text = answerTo(CHROMIUM);
    expect(text).toContain('a=candidate:tcp0 1 tcp 1076276479 192.0.2.7 44444 typ host tcptype passive\r\n');
    expect(text).toContain('a=msid:parley agent\r\n');
    const { media, ...session } = parse(text);
    expect(session).toMatchObject({ icelite: 'ice-lite', groups: [{ type: 'BUNDLE', mids: '0 1' }] });
    const transport = { iceUfrag: 'ours', setup: 'passive', fingerprint: { type: 'sha-256', hash: 'BB' } };
    expect(media).toMatchObject([
      {
        ...{ type: 'audio', port: 9, payloads: 111, direction: 'sendrecv', rtcpMux: 'rtcp-mux', ...transport },
        rtp: [{ payload: 111, codec: 'opus', rate: 48_000, encoding: 2 }],
        rtcpFb: [{ payload: 111, type: 'transport-cc' }],
      },
      {
        type: 'application',
        port: 9,
        payloads: 'webrtc-datachannel',
        sctpPort: 5000,
        maxMessageSize: 262_144,
        ...transport,
      },
    ]);
    expect(media[0]?.ext?.map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  test("keeps the client's own payload type", () => {
    expect(answerTo(FIREFOX)).toContain('m=audio 9 UDP/TLS/RTP/SAVPF 109\r\n');
  });

  test('has a place for each section of the offer, and refuses what it does not take', () => {
    const video = 'm=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:2\r\na=rtpmap:96 VP8/90000\r\n';
    const { media, groups } = parse(answerTo(CHROMIUM.replace('BUNDLE 0 1', 'BUNDLE 0 1 2') + video));
    expect(media.map(({ type, port }) => [type, port])).toEqual([
      ['audio', 9],
      ['application', 9],
      ['video', 0],
    ]);
    expect(groups).toEqual([{ type: 'BUNDLE', mids: '0 1' }]);
  });

  test('to who only listens only sends', () => {
    expect(parse(answerTo(CHROMIUM.replace('a=sendrecv', 'a=recvonly'))).media[0]?.direction).toBe('sendonly');
    expect(answerTo(CHROMIUM.replace('a=sendrecv', 'a=sendonly'))).not.toContain('a=msid:');
  });
});
