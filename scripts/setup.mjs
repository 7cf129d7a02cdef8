// npm run setup: the set-up without the start.
import { setUp } from './set-up/index.mjs';
import { say } from './set-up/say.mjs';
import { script } from './set-up/script.mjs';

const usage = `
npm run setup

Sets up what is missing on this machine and stops. Can be run again at any time; see docs/setup.md.
`;

await script(usage, async () => {
  await setUp({ insist: true });
  say('everything is in place; `npm start` serves');
  return 0;
});
