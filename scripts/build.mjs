// npm run build: what others receive. The demo page, and @parley/signaling as a package to publish.
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUpTools } from './set-up/index.mjs';
import { checkoutState, root } from './set-up/places.mjs';
import { SetUpError } from './set-up/say.mjs';
import { script } from './set-up/script.mjs';
import { compileArguments, finishPackage } from './set-up/sdk-package.mjs';
import { webDemo } from './set-up/web-demo.mjs';

const usage = `
npm run build

web-demo/dist     the demo page
signaling/dist    @parley/signaling, compiled: \`npm publish signaling/dist\`
`;

const signaling = join(root, 'signaling');

await script(usage, async () => {
  const { node, env } = await setUpTools();
  const draft = join(checkoutState, 'signaling');
  const code = await handOver(node, compileArguments(draft), env);
  if (code !== 0) return code;
  finishPackage(draft);

  const dist = join(signaling, 'dist');
  rmSync(dist, { recursive: true, force: true });
  renameSync(draft, dist);
  console.log('built: signaling/dist');

  if (!(await webDemo(node, env))) throw new SetUpError('The demo page could not be built.');
  console.log('built: web-demo/dist');
  return 0;
});
