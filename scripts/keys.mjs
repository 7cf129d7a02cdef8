// npm run keys: API keys, for servers that use the HTTP API.
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUpTools } from './set-up/index.mjs';
import { script } from './set-up/script.mjs';

const usage = `
npm run keys -- create <name>    makes a key and shows it this once
npm run keys -- list             which there are
npm run keys -- revoke <id>      takes one away; a running server knows at once

In a container: docker compose exec parley node server/src/keys.ts create <name>
`;

await script(usage, async (args) => {
  const { node, env } = await setUpTools();
  return handOver(node, [join('server', 'src', 'keys.ts'), ...args], env);
});
