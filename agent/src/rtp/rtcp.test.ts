import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../testing/index.ts';
import { parseReceptionReports } from './index.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\/\/.*$|\s/gm, ''), 'hex'));

const BLOCK = `
  00 00 00 2a             // about SSRC 42
  40                      // a quarter lost
  00 00 07                // seven lost in all
  00 01 12 34             // highest sequence
  00 00 00 10             // jitter
  00 00 00 00 00 00 00 00 // last sender report, and the delay since
`;
const RECEIVER_REPORT = `81 c9 00 07 00 00 00 01 ${BLOCK}`;
const SENDER_REPORT = `
  81 c8 00 0c             // one block
  00 00 00 01             // from SSRC 1
  00000000 00000000       // NTP time
  00000000 00000000 00000000 // RTP time, packets, bytes
  ${BLOCK}
`;
const SOURCE_DESCRIPTION = '81 ca 00 02 00 00 00 01 01 00 00 00';

describe('reception reports', () => {
  test('are read from a receiver report', () => {
    expect(parseReceptionReports(hex(RECEIVER_REPORT))).toEqual([{ ssrc: 42, fractionLost: 0.25 }]);
  });

  test('are read from a sender report', () => {
    expect(parseReceptionReports(hex(SENDER_REPORT))).toEqual([{ ssrc: 42, fractionLost: 0.25 }]);
  });

  test('are found among other packets in one datagram', () => {
    const both = hex(SOURCE_DESCRIPTION + SENDER_REPORT + SOURCE_DESCRIPTION + RECEIVER_REPORT);
    expect(parseReceptionReports(both).length).toBe(2);
  });

  test('of none is none', () => {
    expect(parseReceptionReports(hex('80 c9 00 01 00 00 00 01'))).toEqual([]);
    expect(parseReceptionReports(new Uint8Array(0))).toEqual([]);
  });

  test('cut short or of noise never throw', () => {
    const whole = hex(SENDER_REPORT + RECEIVER_REPORT);
    for (let length = 0; length < whole.length; length++) parseReceptionReports(whole.subarray(0, length));
    const random = seededRandom(7);
    for (let i = 0; i < 10_000; i++) {
      const bytes = new Uint8Array(Math.floor(random() * 80)).map(() => Math.floor(random() * 256));
      for (const { fractionLost } of parseReceptionReports(bytes)) expect(fractionLost).toBeLessThanOrEqual(1);
    }
  });
});
