import { provoke } from '../api-probe.ts';

export const server = [
  provoke('health', 200, () => ({})),
  provoke('readiness', 200, () => ({})),
  provoke('readiness', 503, () => ({ house: 'draining' })),
  provoke('info', 200, () => ({})),
  provoke('metrics', 200, () => ({})),
  provoke('listEngines', 200, () => ({})),
];
