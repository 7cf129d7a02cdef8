// npm run models: what models there are, and fetching them.
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUpTools } from './set-up/index.mjs';
import { script } from './set-up/script.mjs';

const usage = `
npm run models                              what is there, and what could be had
npm run models -- <name>                    downloads it, or all that are recommended ("recommended")
npm run models -- <name> --from <folder>    takes its files or archive from a folder, for machines without a network

HF_ENDPOINT and PARLEY_MODEL_MIRROR name other places to download from; PARLEY_MODELS_DIR where they lie.
`;

await script(usage, async (args) => {
  const { node, env } = await setUpTools();
  return handOver(node, [join('agent', 'src', 'models', 'command.ts'), ...args], env);
});
