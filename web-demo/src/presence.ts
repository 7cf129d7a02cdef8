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

/** How the agent looks now, and the words for it. */
export function presence({ call, agent }: Pick<PageState, 'call' | 'agent'>): { mood: Mood; title: Key; hint?: Key } {
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
      if (call.muted && mood !== 'thinking' && mood !== 'speaking')
        return { mood: 'idle', title: 'muted', hint: 'unmuteHint' };
      return { mood, title, hint: call.muted ? 'unmuteHint' : 'shortcutHint' };
    }
  }
}
