import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Access, type AccessRefusal, AccessRefused, type Asker } from '../access/index.ts';
import { problemResponse, sendProblem } from './problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Needs no API key: pages ask for it. `by-itself`: the route finds out who asks, and how often they may. */
    open?: boolean | 'by-itself';
  }
  interface FastifyRequest {
    /** Set behind the guard. */
    asker: Asker | undefined;
  }
}

const STATUS: Readonly<Record<AccessRefusal, number>> = { unauthorized: 401, forbidden: 403, 'too-many-requests': 429 };
/** What the refused should wait, in seconds. */
const RETRY_AFTER_S = 5;

/** Behind the guard: all of the API that is not marked `open`, and the figures. */
const isGuarded = (url: string): boolean => url === '/metrics' || url.startsWith('/v1/');

/**
 * Asks for an API key on every route below /v1 whose `config` is not `{ open: true }`, and writes that into the OpenAPI
 * document. To be called before the routes are made.
 */
export function guardApi(http: FastifyInstance, access: Access): void {
  http.addHook('onRoute', (route) => {
    const schema = route.schema as
      | { hide?: boolean; security?: unknown; response?: Record<string, unknown> }
      | undefined;
    if (!schema || schema.hide || !isGuarded(route.url)) return;
    const refusals = { 429: problemResponse('Too many requests of one key or address') };
    const unknown = { 401: problemResponse('The API key is missing or wrong') };
    schema.response = { ...refusals, ...(route.config?.open ? {} : unknown), ...schema.response };
    // `{}`: this machine itself may go without.
    if (!route.config?.open) schema.security ??= [{ key: [] }, {}];
  });
  http.decorateRequest('asker', undefined);
  http.addHook('onRequest', async (request, reply) => {
    const { config, url } = request.routeOptions;
    if (!url || !isGuarded(url) || config.open === 'by-itself') return;
    if (config.open) await refusing(reply, () => access.admitAnybody(request));
    else request.asker = await refusing(reply, () => access.admitRequest(request));
  });
}

/** Runs what may throw an AccessRefused, and answers with a problem document where it does. */
export async function refusing<T>(reply: FastifyReply, admit: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await admit();
  } catch (error) {
    if (!(error instanceof AccessRefused)) throw error;
    if (error.code === 'unauthorized') reply.header('www-authenticate', 'Bearer');
    if (error.code === 'too-many-requests') reply.header('retry-after', String(RETRY_AFTER_S));
    await sendProblem(reply, STATUS[error.code], error.message);
    return undefined;
  }
}

/** For a single route elsewhere; `guardApi` has asked for all below /v1. */
export const requireKey =
  (access: Access) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    request.asker ??= await refusing(reply, () => access.admitRequest(request));
  };
