import { basename, dirname } from 'node:path';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import { DatabaseFailure, type History, spoken, transcriptText } from '../../history/index.ts';
import type { Api, HttpOptions } from '../api.ts';
import { callDetails, callSummary, showCall, showSaid, showSummary, transcript } from '../call-view.ts';
import { problemResponse, sendProblem } from '../problem.ts';

/** Calls of one page of the list. */
const PAGE = { usual: 20, most: 100 } as const;
/** Whoever asks too early, or while the database is away, in seconds. */
const RETRY_AFTER_S = 5;

const callParams = z.object({ call: z.uuid() });
const time = z.iso.datetime({ offset: true }).optional();
/** PostgreSQL's text holds no NUL. */
const text = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\0]*$/);
const search = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE.most).default(PAGE.usual),
  cursor: z.string().min(1).max(200).optional().describe('`next` of the page before'),
  room: text.optional(),
  from: time.describe('Opened then or later'),
  to: time.describe('Opened before'),
  q: text
    .optional()
    .describe('Words that were said in one breath; "in quotes": one after the other; -without: not said with them'),
});

const audio = z.instanceof(Buffer).meta({ type: 'string', format: 'binary' });

/** Behind the guard like all of /v1: what people have said is nobody else's business. */
export function callsRoutes(api: Api, { history }: HttpOptions): void {
  const shared = { tags: ['calls'] };
  const notKept = problemResponse('There is no such call, or calls are not kept here');
  const away = problemResponse('The database cannot be reached just now');

  api.get(
    '/v1/calls',
    {
      schema: {
        ...shared,
        operationId: 'listCalls',
        summary: 'Calls, newest first',
        querystring: search,
        response: {
          200: z
            .object({
              calls: z.array(callSummary),
              next: z.string().optional().describe('Give it as `cursor` for the next page; absent: this is the last'),
            })
            .describe('A page of calls'),
          400: problemResponse('Something in the request does not fit'),
          404: notKept,
          503: away,
        },
      },
    },
    ({ query }, reply) =>
      asking(history, reply, async (kept) => {
        const page = await kept.list(query);
        if (!page) return sendProblem(reply, 400, 'This cursor is none of ours.');
        return { calls: page.calls.map(showSummary), next: page.next };
      }),
  );

  api.get(
    '/v1/calls/:call',
    {
      schema: {
        ...shared,
        operationId: 'getCall',
        summary: 'One call: turns, words with their times, latencies, tools',
        params: callParams,
        response: { 200: callDetails, 404: notKept, 503: away },
      },
    },
    ({ params }, reply) =>
      asking(history, reply, async (kept) => {
        const call = await kept.find(params.call);
        return call ? showCall(call) : sendProblem(reply, 404, 'There is no such call.');
      }),
  );

  api.get(
    '/v1/calls/:call/transcript',
    {
      schema: {
        ...shared,
        operationId: 'getTranscript',
        summary: 'What was said in a call, as JSON or as text',
        params: callParams,
        querystring: z.object({ format: z.enum(['json', 'text']).default('json') }),
        response: {
          200: {
            description: 'What was said',
            content: { 'application/json': { schema: transcript }, 'text/plain': { schema: z.string() } },
          },
          404: notKept,
          503: away,
        },
      },
    },
    ({ params, query }, reply) =>
      asking(history, reply, async (kept) => {
        const call = await kept.find(params.call);
        if (!call) return sendProblem(reply, 404, 'There is no such call.');
        if (query.format === 'text') {
          return reply.type('text/plain; charset=utf-8').serializer(String).send(transcriptText(call));
        }
        const { room, openedAt } = call;
        const body = { call: call.id, room, openedAt, said: spoken(call).map(showSaid) };
        return reply.type('application/json').send(body);
      }),
  );

  api.get(
    '/v1/calls/:call/recording',
    {
      schema: {
        ...shared,
        operationId: 'getRecording',
        summary: 'The voices of a call: the caller on the left channel, the agent on the right; ranges are answered',
        params: callParams,
        querystring: z.object({ caller: z.uuid().optional().describe('Absent for the first caller who joined') }),
        response: {
          200: { description: 'Ogg Opus', content: { 'audio/ogg': { schema: audio } } },
          206: { description: 'A range of it', content: { 'audio/ogg': { schema: audio } } },
          404: problemResponse('There is no such call, or it was not recorded'),
          416: problemResponse('The range is beyond the end'),
          503: away,
        },
      },
    },
    ({ params, query }, reply) =>
      asking(history, reply, async (kept) => {
        const file = await kept.recording(params.call, query.caller);
        if (!file) return sendProblem(reply, 404, 'There is no recording of this call.');
        return reply.sendFile(basename(file), dirname(file), { cacheControl: false });
      }),
  );

  api.delete(
    '/v1/calls/:call',
    {
      schema: {
        ...shared,
        operationId: 'deleteCall',
        summary: 'Forget a call, and its recording',
        params: callParams,
        response: {
          204: z.null().describe('Nothing of it is kept'),
          404: notKept,
          409: problemResponse('The call goes on: end its room first'),
          503: away,
        },
      },
    },
    ({ params }, reply) =>
      asking(history, reply, async (kept) => {
        const outcome = await kept.delete(params.call);
        if (outcome === 'lasts') return sendProblem(reply, 409, 'The call goes on: end its room first.');
        if (outcome === 'unknown') return sendProblem(reply, 404, 'There is no such call.');
        return reply.code(204).send(null);
      }),
  );
}

/** Answers with a problem document where there is no history, or no database just now. */
async function asking<T>(
  history: History | undefined,
  reply: FastifyReply,
  ask: (history: History) => Promise<T>,
): Promise<T> {
  // The problem takes the place of whatever the route answers.
  const refuse = (status: number, detail: string): T => sendProblem(reply, status, detail) as T;
  if (!history) return refuse(404, 'Calls are not kept here (history.enabled is false).');
  try {
    return await ask(history);
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    reply.header('retry-after', String(RETRY_AFTER_S));
    return refuse(503, 'The history cannot be read just now; the log of the server says why.');
  }
}
