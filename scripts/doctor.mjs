// npm run doctor: what may keep calls from working, and what to do about it.
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUp } from './set-up/index.mjs';
import { script } from './set-up/script.mjs';

const usage = `
npm run doctor                    looks at ports, addresses, HTTPS, engines, disks and the clock, and says what to do
npm run doctor -- --json          the same for programs
npm run doctor -- --clock <url>   compares the clock with that web server's

Exit code 1 where calls cannot work. In a container: docker compose exec parley node server/src/doctor/main.ts
`;

await script(usage, async (args) => {
  const { node, env } = await setUp();
  return handOver(node, [join('server', 'src', 'doctor', 'main.ts'), ...args], env);
});
