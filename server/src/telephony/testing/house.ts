import { startAgentHost } from '@parley/agent';
import { type SpokenClip, spoken } from '@parley/agent/testing';
import { startTestApp, type TestApp } from '../../testing/app.ts';

export const AUTH_TOKEN = 'an-auth-token-for-the-tests-of-telephone-calls';

type Sections = NonNullable<Parameters<typeof startTestApp>[0]>;

/** Calls are taken in the name of a Twilio account; the agent is a double unless `agent` is given. */
export const startTelephoneHouse = (sections: Sections = {}, overrides?: Parameters<typeof startTestApp>[1]) =>
  startTestApp({ ...sections, telephony: { twilio: { authToken: AUTH_TOKEN }, ...sections.telephony } }, overrides);

/** The same with scripted engines in a real agent thread. */
export const startTalkingHouse = (sections: Sections = {}): Promise<TestApp> =>
  startTelephoneHouse(sections, {
    startHost: startAgentHost,
    hostModule: new URL('../../../../agent/src/testing/function-host.ts', import.meta.url),
  });

/** Somebody speaking, as a telephone takes it up: at 8 kHz, each sample the mean of two. */
export function speech8k(clip: SpokenClip): Int16Array {
  const samples = spoken(clip);
  return Int16Array.from({ length: samples.length >> 1 }, (_, i) => {
    const [a = 0, b = 0] = [samples[i * 2], samples[i * 2 + 1]];
    return (a + b) >> 1;
  });
}
