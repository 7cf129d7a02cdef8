import type { PageState } from './model.ts';
import type { Key } from './strings.ts';

/** What the orb shows. */
export type Mood = 'idle' | 'waiting' | 'ready' | 'listening' | 'thinking' | 'speaking';

const AGENT: Record<PageState['agent'], [Mood, Key]> = {
  idle: ['ready', 'agentIdle'],
  listening: ['listening', 'agentListening'],
  thinking: ['thinking', 'agentThinking'],
  speaking: ['speaking', 'agentSpeaking'],
};

/** Whether the agent waits for somebody to ask for its answer. */
export function canAsk({ call, others }: Pick<PageState, 'call' | 'others'>): boolean {
  if (call.kind !== 'in-call') return false;
  // A caller who is alone need not name it.
  return call.answers === 'on-request' || (call.answers === 'when-named' && others.length > 0);
}

/** How the agent looks now, and the words for it. */
export function presence(state: Pick<PageState, 'call' | 'agent' | 'others'>): { mood: Mood; title: Key; hint?: Key } {
  const { call, agent } = state;
  switch (call.kind) {
    case 'idle':
      return { mood: 'idle', title: 'ready', hint: 'tagline' };
    case 'connecting':
      return call.step === 'microphone'
        ? { mood: 'waiting', title: 'askingMicrophone', hint: 'askingMicrophoneHint' }
        : { mood: 'waiting', title: 'connecting' };
    case 'reconnecting':
      return { mood: 'waiting', title: 'reconnecting' };
    case 'ended':
      return { mood: 'idle', title: 'ended' };
    case 'in-call': {
      const [mood, title] = AGENT[agent];
      if (call.microphone.kind === 'off')
        return { mood, title: agent === 'idle' ? 'ready' : title, hint: 'typingHint' };
      // What the agent does comes first; where it waits for you, that it cannot hear you does.
      const busy = mood === 'thinking' || mood === 'speaking';
      if (call.muted && !busy) return { mood: 'idle', title: 'muted', hint: 'unmuteHint' };
      if (call.muted) return { mood, title, hint: 'unmuteHint' };
      return { mood, title, hint: canAsk(state) && !busy ? 'askHint' : 'shortcutHint' };
    }
  }
}
