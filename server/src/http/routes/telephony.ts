import type { FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { busyAnswer, NOT_SET_UP, streamAnswer, TWILIO_PATH } from '../../telephony/index.ts';
import type { Api, HttpOptions } from '../api.ts';
import { problemResponse, sendProblem } from '../problem.ts';

const FORM = 'application/x-www-form-urlencoded';

/** What Twilio says of a call; all of it is signed, and most of no use here. */
const call = z
  .record(z.string(), z.union([z.string(), z.array(z.string())]))
  .describe('What Twilio says of the call: CallSid, From, To and more');

/** What Twilio asks when somebody telephones. Who asks is known by the signature, not by a key. */
export async function telephonyRoutes(api: Api, { twilio, rooms, overload, log }: HttpOptions): Promise<void> {
  await api.register(async (scope) => {
    scope.addContentTypeParser(FORM, { parseAs: 'string' }, (_: FastifyRequest, body, done) => {
      done(null, formOf(String(body)));
    });
    scope.withTypeProvider<ZodTypeProvider>().post(
      TWILIO_PATH,
      {
        config: { open: true },
        schema: {
          operationId: 'answerTelephoneCall',
          tags: ['telephony'],
          summary: 'What Twilio is to do with a call: stream it to the WebSocket at the same address',
          consumes: [FORM],
          body: call,
          response: {
            200: { description: 'TwiML', content: { 'text/xml': { schema: z.string() } } },
            403: problemResponse('The signature (X-Twilio-Signature) is not that of the Twilio account'),
            404: problemResponse('Telephone calls are not set up'),
            415: problemResponse('The body is no form'),
          },
        },
      },
      async ({ raw, body, ip }, reply) => {
        if (!twilio.isSetUp) return sendProblem(reply, 404, NOT_SET_UP);
        if (!twilio.vouchesFor(raw, body)) {
          log.warn({ address: ip }, 'a request about a telephone call was not signed by the Twilio account');
          return sendProblem(reply, 403, 'The signature is not that of the Twilio account.');
        }
        const isFull = rooms.draining || overload() !== undefined;
        const told = { from: textOf(body.From), to: textOf(body.To) };
        const answer = isFull ? busyAnswer() : streamAnswer(twilio.streamUrl(raw), told);
        return reply.type('text/xml').serializer(String).send(answer);
      },
    );
  });
}

/** Names that stand there more than once have a list. */
function formOf(text: string): Record<string, string | string[]> {
  const form = new URLSearchParams(text);
  const entries = [...new Set(form.keys())].map((name) => {
    const values = form.getAll(name);
    return [name, values.length === 1 ? (values[0] ?? '') : values] as const;
  });
  return Object.fromEntries(entries);
}

const textOf = (value: string | string[] | undefined): string => [value ?? ''].flat()[0] ?? '';
