import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { Visitors } from '../../access/index.ts';
import { EMOTIONS, VoiceFailure } from '../../agents/index.ts';
import { systemClock } from '../../observe/index.ts';
import type { Api, HttpOptions } from '../api.ts';
import { problemResponse, sendProblem } from '../problem.ts';
import { FileCache } from '../samples/cache.ts';
import { wavOf } from '../samples/wav.ts';

/** Longest text of a sample, in characters. */
const MAX_TEXT = 200;
/** Samples that are made for one address; those that are at hand do not count. */
const PACE = { perSecond: 0.5, burst: 12 } as const;
/** About a hundred short ones. */
const CACHE_BYTES = 16_000_000;
/** How long browsers keep a sample, in seconds. */
const MAX_AGE_S = 3600;
const STATUS: Readonly<Record<VoiceFailure['reason'], number>> = { busy: 429, 'bad-request': 400, unavailable: 503 };

const voice = z
  .object({
    id: z.string().describe('Give it as `voice` when you join a room'),
    name: z.string(),
    language: z.string().describe('Language tag; `mul` for a voice that speaks every language of its engine'),
    gender: z.enum(['female', 'male']).optional(),
    engine: z.string(),
    emotions: z.array(z.enum(EMOTIONS)).describe('That it can show, if only roughly'),
  })
  .describe('A voice of the agent');

const factor = z.coerce.number().min(0.25).max(4).optional();
const sampleQuery = z.object({
  text: z.string().trim().min(1).max(MAX_TEXT).optional().describe("Absent: a word of welcome in the voice's language"),
  emotion: z.enum(EMOTIONS).optional(),
  speed: factor.describe('1 is normal'),
  pitch: factor.describe('1 is normal'),
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .optional()
    .describe('Language tag of the text'),
});

/** 16-bit mono. */
const audio = z.instanceof(Buffer).meta({ type: 'string', format: 'binary' });

/** Whoever may call may choose a voice, and calls need no token; pages of other sites must be allowed to connect. */
export function voicesRoutes(api: Api, { hosts, allowedOrigins, clock = systemClock }: HttpOptions): void {
  const { voices } = hosts;
  const cache = new FileCache(CACHE_BYTES);
  const visitors = new Visitors(PACE, clock);
  const unavailable = problemResponse('The speech engine does not answer');

  api.get(
    '/v1/voices',
    {
      config: { open: true },
      schema: {
        operationId: 'listVoices',
        tags: ['voices'],
        summary: 'The voices that the agent can speak with',
        response: { 200: z.object({ voices: z.array(voice) }).describe('All voices'), 503: unavailable },
      },
    },
    async (_, reply) => {
      try {
        return { voices: [...(await voices.list())].map((each) => ({ ...each, emotions: [...each.emotions] })) };
      } catch (error) {
        return refuse(reply, error);
      }
    },
  );

  api.get(
    '/v1/voices/:id/sample',
    {
      config: { open: true },
      schema: {
        operationId: 'sampleVoice',
        tags: ['voices'],
        summary: 'What a voice sounds like',
        params: z.object({ id: z.string().max(200) }),
        querystring: sampleQuery,
        response: {
          200: { description: 'Speech', content: { 'audio/wav': { schema: audio } } },
          400: problemResponse('The engine cannot speak this'),
          403: problemResponse('Pages of this site may not connect'),
          404: problemResponse('There is no such voice'),
          429: problemResponse('Too many samples at once'),
          503: unavailable,
        },
      },
    },
    async (request, reply) => {
      const { params, query, headers, ip } = request;
      if (isForeign(headers, allowedOrigins)) return sendProblem(reply, 403, 'Pages of this site may not connect.');
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort(new DOMException('the client went away', 'AbortError')));
      try {
        const known = (await voices.list()).find(({ id }) => id === params.id);
        if (!known) return sendProblem(reply, 404, 'There is no such voice.');
        const key = JSON.stringify([params.id, query.text, query.emotion, query.speed, query.pitch, query.language]);
        let file = cache.get(key);
        if (!file) {
          if (!visitors.admit(ip)) throw new VoiceFailure('busy', 'Too many samples at once; ask again in a moment.');
          const language = query.language ?? (known.language === 'mul' ? undefined : known.language);
          const order = { ...query, voice: known.id, ...(language && { language }) };
          file = wavOf(await voices.sample(order, { signal: gone.signal }));
          cache.set(key, file);
        }
        return reply.type('audio/wav').header('cache-control', `private, max-age=${MAX_AGE_S}`).send(file);
      } catch (error) {
        return gone.signal.aborted ? reply.hijack() : refuse(reply, error);
      }
    },
  );
}

function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof VoiceFailure)) throw error;
  if (error.reason === 'busy') reply.header('retry-after', '2');
  return sendProblem(reply, STATUS[error.reason], error.message);
}

/** A page of another site, which could make the engine work by a mere link. */
const isForeign = (
  { origin, 'sec-fetch-site': site }: { readonly origin?: string; readonly 'sec-fetch-site'?: string | string[] },
  allowed: readonly string[],
): boolean => site === 'cross-site' && !allowed.includes('*') && !(origin && allowed.includes(origin));
