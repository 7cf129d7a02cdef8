import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Logger } from '../observe/index.ts';

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string().describe('about:blank: the status says all there is to say'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional(),
  })
  .describe('Why a request was refused (RFC 9457)');

export const PROBLEM_TYPE = 'application/problem+json';

/** The same for the OpenAPI document. */
export const problemResponse = (description: string) => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: problem } },
});

export function sendProblem(reply: FastifyReply, status: number, detail?: string): FastifyReply {
  const title = STATUS_CODES[status] ?? 'Error';
  const body: z.output<typeof problem> = { type: 'about:blank', title, status, detail, instance: reply.request.url };
  return reply.code(status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(body);
}

/** For what Fastify refuses before it knows a route, such as an address that cannot be decoded. */
export const answerFrameworkError = (error: FastifyError, _: FastifyRequest, reply: FastifyReply): void => {
  sendProblem(reply, error.statusCode ?? 400, error.message);
};

/** Every error becomes a problem document; what happened inside stays in the log. */
export function answerProblems(http: FastifyInstance, log: Logger): void {
  http.setNotFoundHandler((_, reply) => sendProblem(reply, 404, 'There is nothing at this address.'));
  http.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) log.error({ err: error, url: request.url }, 'an HTTP request failed');
    return sendProblem(reply, status, status < 500 ? error.message : undefined);
  });
}
