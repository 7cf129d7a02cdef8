import { createRequire } from 'node:module';
import { basename, dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { DOCS_CSP } from '../headers.ts';

const REDOC_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley API</title>
<link rel="icon" href="data:,">
<style>body { margin: 0 }</style>
<redoc spec-url="/openapi.json"></redoc>
<script src="/redoc/redoc.standalone.js"></script>
</html>
`;

/** The API's documentation; every file comes from here, so that it reads behind a firewall too. */
export async function docsRoutes(http: FastifyInstance): Promise<void> {
  const hidden = { schema: { hide: true } };
  http.get('/openapi.json', hidden, () => http.swagger());

  await http.register(fastifySwaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CSP,
    theme: { title: 'Parley API' },
    uiConfig: { displayRequestDuration: true, validatorUrl: null, layout: 'BaseLayout' },
  });

  const bundle = createRequire(import.meta.url).resolve('redoc/bundles/redoc.standalone.js');
  await http.register(fastifyStatic, {
    root: dirname(bundle),
    prefix: '/redoc/',
    decorateReply: false,
    allowedPath: (path) => path === `/${basename(bundle)}`,
  });
  http.get('/redoc', hidden, (_, reply) =>
    reply.header('content-security-policy', DOCS_CSP).type('text/html; charset=utf-8').send(REDOC_PAGE),
  );
}
