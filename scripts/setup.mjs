// npm run setup: the set-up without the start.
import { script, setUp } from './set-up/index.mjs';
import { say } from './set-up/say.mjs';

const usage = `
npm run setup

Sets up what is missing on this machine and stops. Can be run again at any time; see docs/setup.md.
`;

await script(usage, async () => {
  await setUp();
  say('everything is in place; `npm start` serves');
  return 0;
});
