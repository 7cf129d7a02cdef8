import { PASSPHRASE, provoke } from '../api-probe.ts';

export const tokens = [
  provoke('createToken', 201, () => ({ body: { room: 'lobby' } })),
  provoke('createRealtimeClientSecret', 200, () => ({ body: { session: { type: 'realtime' } } })),
  provoke('createDemoToken', 201, () => ({ house: 'demo', body: { passphrase: PASSPHRASE } })),
  provoke('createDemoToken', 401, () => ({ house: 'demo', body: { passphrase: 'a guess' } })),
  provoke('createDemoToken', 403, () => ({ body: { passphrase: 'not asked for' } })),
];
