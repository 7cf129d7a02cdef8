import type { CallState } from '@parley/signaling';
import type { CallHandle } from '@parley/signaling/react';

const AGENT: Record<CallHandle['agent'], string> = {
  idle: 'Connected.',
  listening: 'Listening: just speak.',
  thinking: 'Thinking…',
  speaking: 'Speaking…',
};

/** What the visitor reads, and the reason where the call could not be. Branch on codes; messages are for people. */
export function statusOf(state: CallState, agent: CallHandle['agent']): { text: string; error?: string } {
  switch (state.kind) {
    case 'idle':
      return { text: 'Your browser will ask for the microphone.' };
    case 'connecting':
      return { text: state.step === 'microphone' ? 'Allow the microphone, please.' : 'Connecting…' };
    case 'in-call':
      return { text: AGENT[agent] };
    case 'reconnecting':
      return { text: 'The connection broke. Trying again…' };
    case 'ended': {
      const { error } = state;
      return { text: state.message, error: error && ('code' in error ? error.code : error.reason) };
    }
  }
}
