import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { AccessRefused, type Sender } from '../../access/index.ts';
import { LONGEST_OFFER, RealtimeError, type SessionConfig, sessionUpdate } from '../../realtime/index.ts';
import { Refusal } from '../../rooms/index.ts';
import type { Api, HttpOptions } from '../api.ts';
import { answerErrors, PROBLEM_TYPE, problem, problemResponse, sendProblem } from '../problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What a client of the realtime door is vouched for with. */
    realtimeSession: SessionConfig | undefined;
  }
}

const PATH = '/v1/realtime/calls';
const SDP = 'application/sdp';
const FORM = 'multipart/form-data';
const STATUS: Readonly<Record<AccessRefused['code'], number>> = {
  unauthorized: 401,
  forbidden: 403,
  'too-many-requests': 429,
};
/** Of errors that are found before the request is read. */
const CODE: Readonly<Record<number, string>> = {
  413: 'body_too_large',
  415: 'unsupported_media_type',
  500: 'internal_error',
};
/** What pages of other sites may send, where they may call at all. */
const CORS = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-type, x-openai-agents-sdk',
  'access-control-max-age': '600',
} as const;

const order = z
  .object({
    sdp: z.string().max(LONGEST_OFFER).describe('The offer'),
    session: sessionUpdate.optional().describe('What the session is to be like; the client may change it'),
  })
  .describe('An SDP offer; alone as application/sdp, or with the session as a form or as JSON');

interface ShownError {
  readonly code: string;
  readonly message: string | undefined;
  readonly param?: string | null;
}

/** A problem document that clients of OpenAI find their `error` in. */
const refusal = problem.extend({
  error: z.object({ type: z.string(), code: z.string(), message: z.string(), param: z.string().nullable() }),
});
const refusalResponse = (description: string) => ({ description, content: { [PROBLEM_TYPE]: { schema: refusal } } });

/** Clients that come by WebRTC, with a key or with a secret that was made with one. */
export async function realtimeCallsRoutes(api: Api, { calls, addressesFor, log }: HttpOptions): Promise<void> {
  await api.register(async (scope) => {
    answerErrors(scope, log, (status, detail) =>
      shown(status, { code: CODE[status] ?? 'invalid_value', message: detail }),
    );
    scope.decorateRequest('realtimeSession', undefined);
    scope.addContentTypeParser(SDP, { parseAs: 'string' }, (_: FastifyRequest, sdp, done) => done(null, { sdp }));
    scope.addContentTypeParser(FORM, { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer) =>
      readForm(body, request.headers['content-type'] ?? ''),
    );
    const typed = scope.withTypeProvider<ZodTypeProvider>();

    typed.options(PATH, { config: { open: true }, schema: { hide: true } }, async (_, reply) =>
      reply.code(204).headers(CORS).send(),
    );

    typed.post(
      PATH,
      {
        config: { open: 'by-itself' },
        schema: {
          operationId: 'createRealtimeCall',
          tags: ['rooms'],
          summary: 'A call by WebRTC in the OpenAI Realtime protocol: an SDP offer, answered with SDP',
          security: [{ key: [] }, {}],
          consumes: [SDP, FORM, 'application/json'],
          querystring: z.object({ model: z.string().max(128).optional() }),
          body: order,
          response: {
            201: { description: 'The answer; `Location` names the call', content: { [SDP]: { schema: z.string() } } },
            400: refusalResponse('The offer or the session does not fit'),
            401: refusalResponse('The API key or the client secret is missing or wrong'),
            415: problemResponse('The body is neither SDP, nor a form, nor JSON'),
            503: refusalResponse('There is no place for the call'),
          },
        },
        onRequest: async (request, reply) => {
          reply.header('access-control-expose-headers', 'location');
          const key = /^Bearer +(\S.*)$/i.exec(request.headers.authorization ?? '')?.[1];
          const { model } = request.query as { model?: unknown };
          try {
            const wanted = typeof model === 'string' ? model : undefined;
            request.realtimeSession = calls.admit(senderOf(request), key, wanted);
          } catch (error) {
            await refuse(reply, error);
          }
        },
      },
      async (request, reply) => {
        const { body, realtimeSession: session } = request;
        if (!session) return reply;
        try {
          const addresses = await addressesFor(request.raw);
          const order = { sender: senderOf(request), offer: body.sdp, session, update: body.session, addresses };
          const { id, answer } = await calls.open(order);
          return reply.code(201).type(SDP).header('location', `${PATH}/${id}`).serializer(String).send(answer);
        } catch (error) {
          return refuse(reply, error);
        }
      },
    );

    typed.post(
      `${PATH}/:id/hangup`,
      {
        schema: {
          operationId: 'hangUpRealtimeCall',
          tags: ['rooms'],
          summary: 'Ends a call that came by WebRTC in the OpenAI Realtime protocol',
          params: z.object({ id: z.string().max(64) }),
          response: {
            200: z.undefined().describe('The call is over'),
            404: problemResponse('There is no such call'),
          },
        },
      },
      async ({ params }, reply) => {
        if (!calls.hangUp(params.id)) return sendProblem(reply, 404, 'There is no such call.');
        return reply.code(200).send(undefined);
      },
    );
  });
}

/** What Fastify knows of them are no own properties. */
const senderOf = ({ ip, headers }: FastifyRequest): Sender => ({ ip, headers });

/** The fields of a form, the session as the JSON that it is. */
async function readForm(body: Buffer, type: string): Promise<Record<string, unknown>> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => {
    throw Object.assign(new Error('The form cannot be read.'), { statusCode: 400 });
  });
  const fields = Object.fromEntries(
    await Promise.all([...form].map(async ([name, value]) => [name, await textOf(value)])),
  );
  if (fields.session === undefined) return fields;
  try {
    return { ...fields, session: JSON.parse(fields.session) };
  } catch {
    throw Object.assign(new Error('The session of the form is no JSON.'), { statusCode: 400 });
  }
}

const textOf = async (value: string | File): Promise<string> => (typeof value === 'string' ? value : value.text());

function refuse(reply: FastifyReply, error: unknown): FastifyReply {
  const known = knownRefusal(error);
  if (!known) throw error;
  const { status, ...told } = known;
  if (status === 401) reply.header('www-authenticate', 'Bearer');
  return sendProblem(reply, status, told.message, undefined, shown(status, told));
}

/** As clients of OpenAI read it. */
function shown(status: number, { code, message, param = null }: ShownError): Record<string, unknown> {
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return { error: { type, code, message: message ?? 'something went wrong in the server', param } };
}

function knownRefusal(error: unknown): { status: number; code: string; message: string; param?: string } | undefined {
  if (error instanceof AccessRefused) return { status: STATUS[error.code], code: error.code, message: error.message };
  if (error instanceof RealtimeError) {
    const { code, message, param } = error;
    return { status: 400, code, message, ...(param && { param }) };
  }
  if (!(error instanceof Refusal)) return undefined;
  const { code, message } = error;
  return { status: code === 'unavailable' || code === 'shutting-down' ? 503 : 400, code, message };
}
