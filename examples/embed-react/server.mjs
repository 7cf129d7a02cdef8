// The site's own server: gives its visitors tokens, and shows the app. The API key never leaves it.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createVite } from 'vite';
import { parleyUrl } from './vite.config.mjs';

const PORT = Number(process.env.PORT ?? 3001);
const { PARLEY_KEY } = process.env;

/** For a room of this visitor's own, and for what the page needs; the browser has no say in either. */
async function tokenFor(visitor) {
  const order = { room: `react-${visitor}`, identity: visitor, grants: ['publish', 'listen', 'text'] };
  const headers = { 'content-type': 'application/json', ...(PARLEY_KEY && { authorization: `Bearer ${PARLEY_KEY}` }) };
  const answer = await fetch(`${parleyUrl}/v1/tokens`, { method: 'POST', headers, body: JSON.stringify(order) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).token;
}

const server = createServer(async (request, response) => {
  // In the place of your login.
  const visitor = /\bvisitor=([\da-f-]{36})/.exec(request.headers.cookie ?? '')?.[1];
  if (!visitor) response.setHeader('set-cookie', `visitor=${randomUUID()}; HttpOnly; SameSite=Strict; Path=/`);
  if (request.method !== 'POST' || request.url !== '/token') return vite.middlewares(request, response);
  const token =
    visitor && (await tokenFor(visitor).catch((error) => console.error(`No token from ${parleyUrl}:`, error)));
  response.writeHead(token ? 200 : 502, { 'cache-control': 'no-store' }).end(token);
});
const vite = await createVite({ root: import.meta.dirname, server: { middlewareMode: true, hmr: { server } } });
server.listen(PORT, 'localhost', () => console.log(`Open http://localhost:${PORT}`));
