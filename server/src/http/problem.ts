import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, FastifySchemaCompiler } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import * as z from 'zod';
import type { Logger } from '../observe/index.ts';

const fieldProblem = z.object({
  in: z.enum(['body', 'querystring', 'params', 'headers']),
  pointer: z.string().describe('JSON Pointer to the field'),
  detail: z.string(),
});
export type FieldProblem = z.output<typeof fieldProblem>;

/** RFC 9457. */
export const problem = z
  .object({
    type: z.string().describe('about:blank: the status says all there is to say'),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    instance: z.string().optional(),
    errors: z.array(fieldProblem).optional().describe('What is wrong with the fields of the request'),
  })
  .describe('Why a request was refused (RFC 9457)');

export const PROBLEM_TYPE = 'application/problem+json';

/** The same for the OpenAPI document. */
export const problemResponse = (description: string) => ({
  description,
  content: { [PROBLEM_TYPE]: { schema: problem } },
});

/** `extension`: members beside those of the standard, which it allows. */
export function sendProblem(
  reply: FastifyReply,
  status: number,
  detail?: string,
  errors?: readonly FieldProblem[],
  extension: Readonly<Record<string, unknown>> = {},
): FastifyReply {
  const title = STATUS_CODES[status] ?? 'Error';
  const instance = reply.request.url;
  const body: z.output<typeof problem> = {
    type: 'about:blank',
    title,
    status,
    detail,
    instance,
    ...(errors && { errors: [...errors] }),
    ...extension,
  };
  return reply.code(status).type(PROBLEM_TYPE).serializer(JSON.stringify).send(body);
}

/** For what Fastify refuses before it knows a route, such as an address that cannot be decoded. */
export const answerFrameworkError = (error: FastifyError, _: FastifyRequest, reply: FastifyReply): void => {
  sendProblem(reply, error.statusCode ?? 400, error.message);
};

/** A schema may fail over what is sent: it compares the length of a list, and an object may have one of its own. */
export const refusingWhatFails =
  <T>(compiler: FastifySchemaCompiler<T>): FastifySchemaCompiler<T> =>
  (route) => {
    const validate = compiler(route);
    return (data) => {
      try {
        return validate(data);
      } catch {
        return { error: Object.assign(new Error('cannot be read'), { statusCode: 400 }) };
      }
    };
  };

/** Says of every route what is refused before it is asked. To be called before the routes are made. */
export function documentProblems(http: FastifyInstance): void {
  http.addHook('onRoute', (route) => {
    const schema = route.schema as { hide?: boolean; response?: Record<string, unknown> } & Record<string, unknown>;
    if (!schema || schema.hide) return;
    const { body, params, querystring } = schema;
    const checked = body !== undefined || params !== undefined || querystring !== undefined;
    schema.response = {
      ...(checked && { 400: problemResponse('Something in the request does not fit; `errors` says what') }),
      ...(body !== undefined && {
        413: problemResponse('The body is too large'),
        415: problemResponse('The body is not JSON'),
      }),
      ...schema.response,
    };
  });
}

/** Every error becomes a problem document; what happened inside stays in the log. */
export function answerProblems(http: FastifyInstance, log: Logger): void {
  http.setNotFoundHandler((_, reply) => sendProblem(reply, 404, 'There is nothing at this address.'));
  answerErrors(http, log);
}

/** What a problem document says beside the standard's members. */
export type ProblemExtension = (status: number, detail: string | undefined) => Readonly<Record<string, unknown>>;

export function answerErrors(http: FastifyInstance, log: Logger, extension?: ProblemExtension): void {
  http.setErrorHandler((error: FastifyError, request, reply) => {
    const { status, detail, errors } = whatIsWrong(error);
    if (status >= 500) log.error({ err: error, url: request.url }, 'an HTTP request failed');
    return sendProblem(reply, status, detail, errors, extension?.(status, detail));
  });
}

interface Wrong {
  readonly status: number;
  readonly detail: string | undefined;
  readonly errors?: readonly FieldProblem[];
}

function whatIsWrong(error: FastifyError): Wrong {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = fieldProblems(error);
    return { status: 400, detail: allOf(errors), errors };
  }
  const status = error.statusCode ?? 500;
  return { status, detail: status < 500 ? error.message : undefined };
}

const allOf = (errors: readonly FieldProblem[]): string =>
  errors.map((error) => `${error.in}${error.pointer}: ${error.detail}`).join('; ');

export function refuseFields(reply: FastifyReply, errors: readonly FieldProblem[]): FastifyReply {
  return sendProblem(reply, 400, allOf(errors), errors);
}

interface ZodValidation {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string }[];
  readonly validationContext?: string;
}

const fieldProblems = ({ validation, validationContext }: ZodValidation): FieldProblem[] =>
  validation.map(({ instancePath, message = 'does not fit' }) => ({
    in: (validationContext ?? 'body') as FieldProblem['in'],
    pointer: instancePath === '/' ? '' : instancePath,
    detail: message,
  }));
