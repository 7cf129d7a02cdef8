import { CHROMIUM } from '../../../realtime/sdp/testing/offers.ts';
import { type ApiProbe, provoke, type Sent } from '../api-probe.ts';

const offer: Sent = { headers: { 'content-type': 'application/sdp' }, body: CHROMIUM };

async function aCall(probe: ApiProbe): Promise<string> {
  const answer = await probe.ask('createRealtimeCall', offer);
  return answer.headers.get('location')?.split('/').pop() ?? '';
}

export const realtime = [
  provoke('createRealtimeCall', 201, () => offer),
  provoke('createRealtimeCall', 503, () => ({ ...offer, house: 'draining' })),
  provoke('hangUpRealtimeCall', 200, async (probe) => ({ params: { id: await aCall(probe) } })),
  provoke('hangUpRealtimeCall', 404, () => ({})),
];
