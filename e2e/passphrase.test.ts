import { describe, expect } from '@jest/globals';
import { PageCaller } from './support/caller.ts';
import { browserTest } from './support/chromium.ts';
import { demoPage } from './support/demo-page.ts';

const PATIENCE_MS = 60_000;
const PASSPHRASE = 'open sesame';

describe('the demo page of a server that others can reach', () => {
  const demo = demoPage({ HOST: '0.0.0.0', PARLEY_ACCESS_DEMO_PASSPHRASE: PASSPHRASE });

  browserTest(
    'asks for the passphrase, says when it is wrong, lets in who knows it, and remembers it for the tab',
    async () => {
      const { page } = demo.caller;
      const field = page.getByLabel('Passphrase');
      await field.waitFor();
      await field.fill('open barley');
      await page.getByRole('button', { name: 'Start call' }).click();
      await page.getByText('That is not the passphrase.').waitFor();

      await field.fill(PASSPHRASE);
      await page.getByRole('button', { name: 'Start call' }).click();
      await demo.caller.callState('in-call');
      await demo.caller.agentState('speaking');
      await demo.caller.endCall();
      await demo.caller.callState('ended');

      await page.reload();
      await demo.caller.startCall();
      expect(await field.isVisible()).toBe(false);
      expect(demo.server.output).not.toContain(PASSPHRASE);
    },
    PATIENCE_MS,
  );

  browserTest(
    'leads guests who follow an invitation into the same room',
    async () => {
      const { page } = demo.caller;
      await page.goto(`${demo.server.url}/?room=tea`);
      await page.getByLabel('Passphrase').fill(PASSPHRASE);
      await page.getByRole('button', { name: 'Start call' }).click();
      await demo.caller.callState('in-call');
      const other = await PageCaller.open(demo.browser, `${demo.server.url}/?room=demo-tea`);
      await other.page.getByLabel('Passphrase').fill(PASSPHRASE);
      await other.page.getByRole('button', { name: 'Start call' }).click();
      await other.callState('in-call');
      await other.page.getByText('with Guest').waitFor();
      await other.close();
    },
    PATIENCE_MS,
  );
});
