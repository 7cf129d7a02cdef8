import { provoke } from '../api-probe.ts';

const anna = { id: 'fake:anna' };

export const voices = [
  provoke('listVoices', 200, () => ({})),
  provoke('listVoices', 503, () => ({ house: 'mute' })),
  provoke('sampleVoice', 200, async (probe) => {
    void (await probe.host()).samples.next().then(({ letGo }) => letGo());
    return { params: anna };
  }),
  provoke('sampleVoice', 403, () => ({ params: anna, headers: { 'sec-fetch-site': 'cross-site' } })),
  provoke('sampleVoice', 404, () => ({ params: { id: 'nobody' } })),
  provoke('sampleVoice', 503, () => ({ house: 'mute', params: anna })),
];
