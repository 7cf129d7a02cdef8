import { describe, expect, test } from '@jest/globals';
import { BadMessage, readMessage } from './messages.ts';
import { detailsOf } from './start-details.ts';
import { streamAnswer } from './twiml.ts';

/** As Twilio's documentation has them. */
const START = {
  event: 'start',
  sequenceNumber: '1',
  start: {
    accountSid: 'AC0',
    streamSid: 'MZ0',
    callSid: 'CA0',
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    customParameters: { from: '+14158675309', plan: 'gold' },
  },
  streamSid: 'MZ0',
};
const read = (message: unknown) => readMessage(JSON.stringify(message));

describe('messages', () => {
  test('are read as documented', () => {
    expect(read({ event: 'connected', protocol: 'Call', version: '1.0.0' })).toMatchObject({ event: 'connected' });
    expect(read(START)).toMatchObject({ streamSid: 'MZ0', start: { callSid: 'CA0' } });
    const media = { track: 'inbound', chunk: '2', timestamp: '5', payload: 'no+JhoaJjpz' };
    expect(read({ event: 'media', sequenceNumber: '3', media: { ...media, payload: 'AAAA' } })).toMatchObject({
      media: { track: 'inbound', payload: 'AAAA' },
    });
    expect(read({ event: 'dtmf', dtmf: { track: 'inbound_track', digit: '1' } })).toMatchObject({
      dtmf: { digit: '1' },
    });
    expect(read({ event: 'mark', mark: { name: 'heard-1' } })).toMatchObject({ mark: { name: 'heard-1' } });
    expect(read({ event: 'stop', stop: { accountSid: 'AC0', callSid: 'CA0' } })).toEqual({ event: 'stop' });
  });

  test('of a kind that is not known are passed over', () => {
    expect(read({ event: 'weather', weather: {} })).toBeUndefined();
  });

  test.each([
    ['no JSON', 'hello?'],
    ['no object', '[]'],
    ['no event', '{"media":{}}'],
    ['audio that is no base64', '{"event":"media","media":{"payload":"%%%"}}'],
    ['a key that no telephone has', '{"event":"dtmf","dtmf":{"digit":"12"}}'],
    ['a mark without a name', '{"event":"mark"}'],
    ['a name that has a length of its own', '{"event":"mark","mark":{"name":{"length":{"toString":{}}}}}'],
    ['another encoding', JSON.stringify(START).replace('x-mulaw', 'l16')],
  ])('with %s are refused', (_, text) => {
    expect(() => readMessage(text)).toThrow(BadMessage);
  });
});

describe('what TwiML tells', () => {
  const details = (customParameters: Record<string, string>) =>
    detailsOf({
      ...START.start,
      mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      customParameters,
    });

  test('is kept with the call', () => {
    expect(details({ from: '+14158675309', plan: 'gold', to: '' })).toEqual({
      identity: '+14158675309',
      metadata: { door: 'telephone', callSid: 'CA0', from: '+14158675309', plan: 'gold' },
    });
  });

  test('may name a room and the caller', () => {
    expect(details({ room: 'support-42', name: 'Ada' })).toMatchObject({ room: 'support-42', displayName: 'Ada' });
  });

  test('is kept as far as metadata may go', () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key-${i}`, 'x'.repeat(4000)]));
    const { metadata } = details({ ['k'.repeat(100)]: 'x', ...many });
    expect(Object.keys(metadata)).toHaveLength(16);
    expect(metadata['key-0']).toHaveLength(500);
  });

  test('is written so that nothing in it is markup', () => {
    const text = `"<&>'\u0000`;
    expect(streamAnswer('wss://voice.example/', { from: text })).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Connect><Stream url="wss://voice.example/">' +
        '<Parameter name="from" value="&quot;&lt;&amp;&gt;&apos;"/></Stream></Connect></Response>',
    );
  });
});
