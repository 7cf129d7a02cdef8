import type { FastifyInstance } from 'fastify';

/** The demo page: everything from here, audio from WebRTC. */
const PAGE_CSP = [
  "default-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' blob: mediastream:",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join('; ');

/** Swagger UI and ReDoc: they style inline, and ReDoc searches in a worker made of a blob. */
export const DOCS_CSP = [
  "default-src 'self'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'self'",
].join('; ');

const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
} as const;

/** Lets pages of other sites read the API where the config lists them; it changes nothing, so no preflight is needed. */
export function allowOrigins(http: FastifyInstance, allowed: readonly string[]): void {
  if (allowed.length === 0) return;
  http.addHook('onRequest', async ({ headers: { origin } }, reply) => {
    reply.header('vary', 'Origin');
    if (origin && (allowed.includes('*') || allowed.includes(origin)))
      reply.header('access-control-allow-origin', origin);
  });
}

/** Gives every answer the security headers; a route may have set its own policy. */
export function addSecurityHeaders(http: FastifyInstance): void {
  http.addHook('onSend', async (_, reply) => {
    for (const [name, value] of Object.entries(HEADERS)) reply.header(name, value);
    if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', PAGE_CSP);
  });
}
