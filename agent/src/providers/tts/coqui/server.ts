import { z } from 'zod';
import { ProviderError } from '../../../contracts/index.ts';
import { primaryLanguage } from '../../language.ts';
import { httpFailure } from '../http-failure.ts';

export const SERVER = 'the Coqui server';
/** Model names of these languages; everywhere else `/voices` says what it speaks. */
const MANY_LANGUAGES = ['multilingual', 'multi-dataset'];
const MAX_SPEAKERS_BYTES = 64 * 1024 * 1024;
const MAX_TEXT_BYTES = 256 * 1024;
/** So many waveform samples the XTTS model makes before it sends them: more is smoother, less is sooner. */
const STREAM_CHUNK = '20';

/** XTTS's speaker: what it made of a recording. It goes back as it came. */
const Latents = z.object({ speaker_embedding: z.array(z.unknown()), gpt_cond_latent: z.array(z.unknown()) });
const StudioSpeakers = z.record(z.string(), Latents);
const Languages = z.array(z.string());

export interface Request {
  readonly url: URL;
  readonly init: { method: string; headers?: Record<string, string>; body?: string };
}

export interface Utterance {
  readonly text: string;
  readonly voice?: string;
  /** BCP 47. */
  readonly language?: string;
}

/** One of the two servers that Coqui left, as it showed itself. */
export interface CoquiServer {
  readonly speakers: readonly string[];
  /** BCP 47; `mul` where it speaks several. */
  readonly language: string;
  /** It mixes up texts that it makes at the same time. */
  readonly oneAtATime: boolean;
  /** Throws ProviderError `unsupported` for a language that it does not speak. */
  request(utterance: Utterance): Request;
}

/** Looks which server answers at `base`, and what it offers. Throws ProviderError, or what fetch throws. */
export async function lookAtServer(base: URL, signal: AbortSignal): Promise<CoquiServer> {
  const studio = await ask(base, 'studio_speakers', MAX_SPEAKERS_BYTES, signal);
  if (studio !== undefined) {
    const languages = await ask(base, 'languages', MAX_TEXT_BYTES, signal);
    return new XttsServer(base, parse(StudioSpeakers, studio), languages ? parse(Languages, languages) : undefined);
  }
  return new TtsServer(base, (await ask(base, 'voices', MAX_TEXT_BYTES, signal)) ?? '');
}

/** xtts-streaming-server: JSON in, a WAV at 24 kHz out while it is being made. */
class XttsServer implements CoquiServer {
  readonly language = 'mul';
  readonly oneAtATime = true;
  readonly speakers: readonly string[];
  readonly #base: URL;
  readonly #latents: ReadonlyMap<string, z.infer<typeof Latents>>;
  readonly #languages: readonly string[] | undefined;

  constructor(base: URL, latents: z.infer<typeof StudioSpeakers>, languages: readonly string[] | undefined) {
    this.#base = base;
    this.#latents = new Map(Object.entries(latents));
    this.#languages = languages;
    this.speakers = [...this.#latents.keys()];
  }

  request({ text, voice, language = 'en' }: Utterance): Request {
    const speaker = this.#latents.get(voice ?? '') ?? this.#latents.values().next().value;
    if (!speaker) throw ProviderError.unsupported('tts', `${SERVER} has no speaker: its model knows none`);
    const body = { ...speaker, text, language: this.#code(language), add_wav_header: true };
    return {
      url: new URL('tts_stream', this.#base),
      init: {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...body, stream_chunk_size: STREAM_CHUNK }),
      },
    };
  }

  /** XTTS says `zh-cn`, and the plain language elsewhere. */
  #code(language: string): string {
    const primary = primaryLanguage(language);
    const code = primary === 'zh' ? 'zh-cn' : primary;
    if (this.#languages && !this.#languages.includes(code))
      throw ProviderError.unsupported('tts', `${SERVER} does not speak ${language}`);
    return code;
  }
}

/** coqui-tts's own server (`tts-server`): a whole WAV at its model's rate. */
class TtsServer implements CoquiServer {
  readonly oneAtATime = false;
  readonly language: string;
  readonly speakers: readonly string[];
  readonly #base: URL;
  readonly #hasSpeakers: boolean;

  /** `voices`: lines of `name language gender`; a name may have spaces. One line is a model without speakers. */
  constructor(base: URL, voices: string) {
    const lines = [...voices.matchAll(/^(.+) (\S+) \S+$/gm)];
    const language = lines[0]?.[2] ?? 'mul';
    this.#base = base;
    this.language = MANY_LANGUAGES.includes(language) ? 'mul' : language;
    this.speakers = lines.map(([, name]) => name as string);
    this.#hasSpeakers = lines.length > 1;
  }

  request({ text, voice, language }: Utterance): Request {
    const url = new URL('api/tts', this.#base);
    url.searchParams.set('text', text);
    const speaker = this.speakers.find((name) => name === voice) ?? this.speakers[0];
    if (this.#hasSpeakers && speaker !== undefined) url.searchParams.set('speaker_id', speaker);
    if (this.language === 'mul' && language !== undefined) {
      const primary = primaryLanguage(language);
      url.searchParams.set('language_id', primary === 'zh' ? 'zh-cn' : primary);
    }
    return { url, init: { method: 'GET' } };
  }
}

/** What a path answers; undefined where the server has none such. */
async function ask(base: URL, path: string, maxBytes: number, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(new URL(path, base), { signal });
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok) throw await refusal(response);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > maxBytes) throw ProviderError.unavailable('tts', `${SERVER} answered /${path} without end`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

/** Why a request was refused. The body is left unread. */
export async function refusal(response: Response): Promise<ProviderError> {
  await response.body?.cancel();
  return httpFailure(SERVER, response.status);
}

function parse<T>(schema: z.ZodType<T>, json: string): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (error) {
    throw ProviderError.unavailable('tts', `${SERVER} answered what no Coqui server says`, { cause: error });
  }
}
