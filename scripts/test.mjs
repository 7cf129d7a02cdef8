// npm test: set up, then Jest. The browser tests are timing-sensitive and run alone, after the others.
import { join } from 'node:path';
import { handOver } from './set-up/hand-over.mjs';
import { setUp } from './set-up/index.mjs';
import { script } from './set-up/script.mjs';

const usage = `
npm test [-- <arguments for Jest>]

  npm test                        everything
  npm test -- agent/src/turns     the files whose path matches
  npm test -- -t 'ducks'          the tests whose name matches
`;

await script(usage, async (args) => {
  const { node, env } = await setUp();
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    join('node_modules', 'jest', 'bin', 'jest.js'),
  ];
  return handOver(node, [...jest, ...args], env);
});
