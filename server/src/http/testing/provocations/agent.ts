import { provoke } from '../api-probe.ts';
import { anEndedRoom, anOpenRoom } from './rooms.ts';

/** Each with a message that fits. */
const ACTIONS = {
  say: { text: 'Your table is ready.' },
  interruptAgent: undefined,
  updateInstructions: { instructions: 'Be wordy.' },
  addContext: { text: 'The guest has paid.' },
} as const;

export const agent = Object.entries(ACTIONS).flatMap(([operation, body]) => [
  provoke(operation, 202, async (probe) => ({ params: { room: await anOpenRoom(probe) }, body })),
  provoke(operation, 404, () => ({ params: { room: 'nowhere' }, body })),
  provoke(operation, 409, async (probe) => ({ params: { room: await anEndedRoom(probe) }, body })),
]);
