// npm run reference: writes docs/sdk anew.
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUpTools } from './set-up/index.mjs';
import { root } from './set-up/places.mjs';
import { script } from './set-up/script.mjs';
import { referenceArguments } from './set-up/sdk-reference.mjs';

const usage = `
npm run reference

docs/sdk    what @parley/signaling exports, from its docstrings
`;

await script(usage, async () => {
  const { node, env } = await setUpTools();
  return handOver(node, referenceArguments(join(root, 'docs', 'sdk')), env);
});
