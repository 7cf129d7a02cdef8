import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const NOT_BUILT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Parley</title>
<style>body { font: 1.1rem/1.6 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem }</style>
<h1>Parley is running</h1>
<p>The demo page is not built yet. Run <code>npm run build</code>, then reload this page.</p>
<p>The API: <a href="docs">Swagger UI</a>, <a href="redoc">ReDoc</a>, <a href="v1/info">what this server is</a>.</p>
</html>
`;

/** Files below it have a hash of their content in their names. */
const HASHED = '/assets/';

const PAGES = { '/': 'index.html', '/calls': 'calls.html' } as const;

/** The demo's pages; they may be built while the server runs. */
export async function demoRoutes(http: FastifyInstance, folder: string): Promise<void> {
  const hidden = { schema: { hide: true } };
  await http.register(fastifyStatic, {
    root: folder,
    index: false,
    suppressWarning: true,
    schemaHide: true,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const forever = path.includes(HASHED);
      reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  for (const [path, page] of Object.entries(PAGES)) {
    http.get(path, hidden, (_, reply) =>
      existsSync(join(folder, page))
        ? reply.sendFile(page)
        : reply.code(503).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(NOT_BUILT_PAGE),
    );
  }
}
