import { describe, expect, test } from '@jest/globals';
import { chooseVoice, parseVoices } from './espeak-voices.ts';

const TABLE = `Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  cmn             --/M      Chinese_(Mandarin,_latin_as_English) sit/cmn              (zh-cmn 5)(zh 5)
 5  cmn-latn-pinyin --/M      Chinese_(Mandarin,_latin_as_Pinyin) sit/cmn-Latn-pinyin  (zh-cmn 5)(zh 5)
 5  de              --/M      German             gmw/de
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
 2  en-us           --/M      English_(America)  gmw/en-US            (en 3)
 5  fr-fr           --/M      French_(France)    roa/fr               (fr 5)
 5  yue             --/M      Chinese_(Cantonese) sit/yue              (zh-yue 5)(zh 8)
 5  yue             --/M      Chinese_(Cantonese,_latin_as_Jyutping) sit/yue-Latn-jyutping (zh-yue 5)(zh 8)
`;
const voices = parseVoices(TABLE);
const known = new Set(voices.map(({ id }) => id));
const choose = (wish: Partial<Parameters<typeof chooseVoice>[0]>): string =>
  chooseVoice({ chinese: false, whisper: false, ...wish }, known);

describe('voices', () => {
  test('are read from the table that eSpeak prints, each language once', () => {
    expect(voices).toHaveLength(14);
    expect(voices[0]).toEqual({
      id: 'cmn',
      name: 'Chinese (Mandarin, latin as English)',
      language: 'zh',
      gender: 'male',
    });
    expect(parseVoices('')).toEqual([]);
  });

  test.each([
    [{}, 'en-us'],
    [{ language: 'en' }, 'en-us'],
    [{ language: 'en-GB' }, 'en-gb'],
    [{ language: 'en-AU' }, 'en-us'],
    [{ language: 'de-AT' }, 'de'],
    [{ language: 'fr' }, 'fr-fr'],
    [{ language: 'xx' }, 'en-us'],
    [{ voice: 'de' }, 'de'],
    [{ voice: 'de', language: 'fr' }, 'de'],
    [{ voice: 'de+m7' }, 'de+m7'],
    [{ voice: 'alloy' }, 'en-us'],
    [{ voice: 'alloy', language: 'de' }, 'de'],
    [{ voice: 'de+../../x' }, 'de'],
    [{ voice: 'de', whisper: true }, 'de+whisper'],
    [{ voice: 'de+f3', whisper: true }, 'de+whisperf'],
    [{ chinese: true }, 'cmn-latn-pinyin'],
    [{ chinese: true, language: 'zh-CN' }, 'cmn-latn-pinyin'],
    [{ chinese: true, language: 'zh-HK' }, 'yue'],
    [{ chinese: true, voice: 'en-gb+f3' }, 'cmn-latn-pinyin+f3'],
    [{ chinese: false, voice: 'cmn' }, 'en-us'],
  ])('%j is spoken by %s', (wish, voice) => {
    expect(choose(wish)).toBe(voice);
  });
});
