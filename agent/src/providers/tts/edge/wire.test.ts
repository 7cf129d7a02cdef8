import { describe, expect, test } from '@jest/globals';
import { voiceFor } from './voices.ts';
import { credentials, parseMessage } from './wire.ts';

const text = (headers: string, body: string): Buffer => Buffer.from(`${headers}\r\n\r\n${body}`);

describe('messages of the Edge service', () => {
  test('open its doors by the time of day, to five minutes', () => {
    const at = Date.parse('2025-12-13T10:02:00Z');
    const token = credentials(at).get('Sec-MS-GEC');
    expect(token).toBe('643F34D052EDC0945DBADEF205B7B0D02783274A2A23A4C3BDFBE02454C78EEF');
    expect(credentials(at + 120_000).get('Sec-MS-GEC')).toBe(token);
    expect(credentials(at + 180_000).get('Sec-MS-GEC')).not.toBe(token);
  });

  test('tell words and leave out the rest of the metadata', () => {
    const body = JSON.stringify({
      Metadata: [
        { Type: 'WordBoundary', Data: { Offset: 1_000_000, Duration: 5, text: { Text: 'R&amp;D', Length: 3 } } },
        { Type: 'SessionEnd', Data: { Offset: 9 } },
      ],
    });
    expect(parseMessage(text('X-RequestId:ab\r\nPath:audio.metadata', body), false)).toEqual({
      kind: 'words',
      id: 'ab',
      words: [{ text: 'R&D', atMs: 100 }],
    });
  });

  test.each([
    ['nothing', Buffer.alloc(0), true],
    ['a head without its end', Buffer.from([0, 99, 65]), true],
    ['bytes that are not audio', Buffer.from('\u0000\u0009Path:what', 'latin1'), true],
    ['a text without a head', Buffer.from('rubbish'), false],
    ['metadata that is not JSON', text('Path:audio.metadata', '{'), false],
    ['a word without a time', text('Path:audio.metadata', '{"Metadata":[{"Type":"WordBoundary","Data":{}}]}'), false],
  ])('are refused: %s', (_, data, isBinary) => {
    expect(() => parseMessage(data, isBinary)).toThrow();
  });
});

test.each([
  [{}, 'en-US-EmmaMultilingualNeural'],
  [{ voice: 'de-DE-KatjaNeural' }, 'de-DE-KatjaNeural'],
  [{ voice: 'zh-CN-liaoning-XiaobeiNeural', language: 'zh' }, 'zh-CN-liaoning-XiaobeiNeural'],
  [{ voice: 'de-DE-KatjaNeural', language: 'zh' }, 'zh-CN-XiaoxiaoNeural'],
  [{ voice: 'en-US-AndrewMultilingualNeural', language: 'zh' }, 'en-US-AndrewMultilingualNeural'],
  [{ voice: 'alloy', language: 'en-GB' }, 'en-GB-SoniaNeural'],
  [{ voice: '"><break/>Neural', language: 'fr' }, 'fr-FR-VivienneMultilingualNeural'],
  [{ language: 'xx' }, 'en-US-EmmaMultilingualNeural'],
])('%j is spoken by %s', (wish, voice) => {
  expect(voiceFor(wish)).toBe(voice);
});
