import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Prosody } from '../../../contracts/index.ts';
import { decibels, percent, type Range, soundOf } from '../prosody.ts';
import { escapeXml, unescapeXml } from '../prosody-ssml.ts';
import type { TimedWord } from '../word-times.ts';
import { languageOfVoice, voiceFor } from './voices.ts';

/** What the Edge browser says of itself; the service takes no other. */
const TOKEN = '6A5AA1D4EAFF4E9FB37E23D68491D6F4';
const CHROMIUM = '143.0.3650.75';
const MAJOR = CHROMIUM.split('.', 1)[0];
export const HEADERS: Readonly<Record<string, string>> = {
  'user-agent': `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${MAJOR}.0.0.0 Safari/537.36 Edg/${MAJOR}.0.0.0`,
  origin: 'chrome-extension://jdiccldimpdaibmpdkjnbmckianbfold',
  'accept-language': 'en-US,en;q=0.9',
};

/** Seconds between the years 1601 and 1970. */
const WINDOWS_EPOCH = 11_644_473_600;
const TOKEN_SECONDS = 300;
const TICKS_PER_MS = 10_000;
const RATES: Range = [0.5, 3];
const PITCHES: Range = [0.5, 1.5];

/** The query that opens the service's doors, at a time of day in ms. */
export function credentials(nowMs: number): URLSearchParams {
  const seconds = Math.floor(nowMs / 1000) + WINDOWS_EPOCH;
  const ticks = BigInt(seconds - (seconds % TOKEN_SECONDS)) * 10_000_000n;
  return new URLSearchParams({
    TrustedClientToken: TOKEN,
    'Sec-MS-GEC': createHash('sha256').update(`${ticks}${TOKEN}`).digest('hex').toUpperCase(),
    'Sec-MS-GEC-Version': `1-${CHROMIUM}`,
  });
}

export const newId = (): string => randomUUID().replaceAll('-', '');

/** The first message on a connection: Opus in WebM, and the times of words. */
export const configMessage = (at: Date): string =>
  `X-Timestamp:${timestamp(at)}\r\nContent-Type:application/json; charset=utf-8\r\nPath:speech.config\r\n\r\n${JSON.stringify(
    {
      context: {
        synthesis: {
          audio: {
            metadataoptions: { sentenceBoundaryEnabled: 'false', wordBoundaryEnabled: 'true' },
            outputFormat: 'webm-24khz-16bit-mono-opus',
          },
        },
      },
    },
  )}`;

/** One text to speak. The doubled time zone is what the browser sends. */
export const speakMessage = (id: string, at: Date, ssml: string): string =>
  `X-RequestId:${id}\r\nContent-Type:application/ssml+xml\r\nX-Timestamp:${timestamp(at)}Z\r\nPath:ssml\r\n\r\n${ssml}`;

/** One voice, one prosody: the service refuses styles and all other SSML, so that feelings are sound alone. */
export function ssmlFor(text: string, prosody: Prosody): string {
  const voice = voiceFor(prosody);
  const { rate, pitch, loudness } = soundOf(prosody);
  const volume = loudness === 1 ? '+0%' : decibels(loudness);
  return (
    `<speak version="1.0" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="${languageOfVoice(voice)}">` +
    `<voice name="${voice}">` +
    `<prosody pitch="${percent(pitch, PITCHES)}" rate="${percent(rate, RATES)}" volume="${volume}">` +
    `${escapeXml(text)}</prosody></voice></speak>`
  );
}

/** What the service says. Messages of other kinds are left out. */
export type EdgeMessage =
  | { readonly kind: 'audio'; readonly id: string; readonly bytes: Uint8Array }
  | { readonly kind: 'words'; readonly id: string; readonly words: readonly TimedWord[] }
  | { readonly kind: 'end'; readonly id: string }
  | { readonly kind: 'other' };

/** Throws TypeError or ZodError for what is no message of this service. */
export function parseMessage(data: Buffer, isBinary: boolean): EdgeMessage {
  return isBinary ? parseBinary(data) : parseText(data.toString());
}

function parseBinary(data: Buffer): EdgeMessage {
  const length = data.length < 2 ? -1 : data.readUInt16BE(0);
  if (length < 0 || length + 2 > data.length) throw new TypeError('a binary message shorter than its head');
  const headers = parseHeaders(data.toString('latin1', 2, 2 + length));
  if (headers.path !== 'audio') throw new TypeError('a binary message that is not audio');
  return { kind: 'audio', id: headers['x-requestid'] ?? '', bytes: data.subarray(2 + length) };
}

const Metadata = z.object({
  Metadata: z.array(z.object({ Type: z.string(), Data: z.unknown() })),
});
const Word = z.object({ Offset: z.number(), text: z.object({ Text: z.string() }) });

function parseText(message: string): EdgeMessage {
  const end = message.indexOf('\r\n\r\n');
  if (end < 0) throw new TypeError('a message without a head');
  const headers = parseHeaders(message.slice(0, end));
  const id = headers['x-requestid'] ?? '';
  if (headers.path === 'turn.end') return { kind: 'end', id };
  if (headers.path !== 'audio.metadata') return { kind: 'other' };
  const { Metadata: items } = Metadata.parse(JSON.parse(message.slice(end + 4)));
  const words = items.filter(({ Type }) => Type === 'WordBoundary').map(({ Data }) => Word.parse(Data));
  return {
    kind: 'words',
    id,
    words: words.map(({ Offset, text }) => ({ text: unescapeXml(text.Text), atMs: Math.round(Offset / TICKS_PER_MS) })),
  };
}

function parseHeaders(head: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of head.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}

/** `Sat Dec 13 2025 10:00:00 GMT+0000 (Coordinated Universal Time)`. */
function timestamp(at: Date): string {
  const [weekday, day, month, year, time] = at.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${month} ${day} ${year} ${time} GMT+0000 (Coordinated Universal Time)`;
}
