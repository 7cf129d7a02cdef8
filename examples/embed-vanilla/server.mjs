// The site's own server: shows the page, and gives its visitors tokens. The API key never leaves it.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const PARLEY_URL = process.env.PARLEY_URL ?? 'http://localhost:8000';
const PORT = Number(process.env.PORT ?? 3000);
const { PARLEY_KEY } = process.env;
const page = readFileSync(new URL('index.html', import.meta.url), 'utf8').replace('http://localhost:8000', PARLEY_URL);

/** For a room of this visitor's own, and for what the page needs; the browser has no say in either. */
async function tokenFor(visitor) {
  const order = { room: `web-${visitor}`, identity: visitor, grants: ['publish', 'listen', 'text'] };
  const headers = { 'content-type': 'application/json', ...(PARLEY_KEY && { authorization: `Bearer ${PARLEY_KEY}` }) };
  const answer = await fetch(`${PARLEY_URL}/v1/tokens`, { method: 'POST', headers, body: JSON.stringify(order) });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).token;
}

const server = createServer(async ({ method, url, headers }, response) => {
  // In the place of your login.
  const visitor = /\bvisitor=([\da-f-]{36})/.exec(headers.cookie ?? '')?.[1];
  if (method === 'POST' && url === '/token' && visitor) {
    const token = await tokenFor(visitor).catch((error) => console.error(`No token from ${PARLEY_URL}:`, error));
    response.writeHead(token ? 200 : 502, { 'cache-control': 'no-store' }).end(token);
  } else if (method === 'GET' && url === '/') {
    if (!visitor) response.setHeader('set-cookie', `visitor=${randomUUID()}; HttpOnly; SameSite=Strict`);
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
  } else response.writeHead(404).end();
});
server.listen(PORT, 'localhost', () => console.log(`Open http://localhost:${PORT}`));
