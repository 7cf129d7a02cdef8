// npm start: set up what is missing, then serve.
import { handOver } from './set-up/hand-over.mjs';
import { setUp } from './set-up/index.mjs';
import { script } from './set-up/script.mjs';

const usage = `
npm start

Sets up what is missing, then serves on http://localhost:8000.
Settings: config.yaml and environment variables, see docs/setup.md.
Without a key it fetches models while the lite engines serve; PARLEY_MODELS=none declines.

  npm run setup    set up only
`;

await script(usage, async (args) => {
  const { node, env } = await setUp();
  // A person's own machine: models may be fetched (engines.models).
  env.PARLEY_NPM_START = '1';
  return handOver(node, ['server/src/main.ts', ...args], env, { service: true });
});
