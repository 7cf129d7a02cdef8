import { expect, test } from '@jest/globals';
import type { InCall } from '@parley/signaling';
import { presence } from './presence.ts';

const call: InCall = {
  kind: 'in-call',
  room: 'tea',
  callerId: 'me',
  engines: [],
  answers: 'every-turn',
  muted: false,
  microphone: { kind: 'on', deviceId: 'one', label: 'Desk' },
  audio: 'playing',
};

test('in a call the page shows what the agent does', () => {
  expect(presence({ call, agent: 'thinking' })).toMatchObject({ mood: 'thinking', title: 'agentThinking' });
  expect(presence({ call, agent: 'idle' })).toMatchObject({ mood: 'ready', title: 'agentIdle' });
});

test('who is muted is told so where the agent waits for words, and sees the agent speak', () => {
  const muted = { ...call, muted: true };
  expect(presence({ call: muted, agent: 'listening' })).toMatchObject({ mood: 'idle', title: 'muted' });
  expect(presence({ call: muted, agent: 'speaking' })).toMatchObject({ mood: 'speaking', title: 'agentSpeaking' });
});

test('nobody without a microphone is asked to say something', () => {
  const typing: InCall = { ...call, microphone: { kind: 'off' } };
  expect(presence({ call: typing, agent: 'idle' })).toMatchObject({ title: 'ready', hint: 'typingHint' });
});

test('while the browser asks for the microphone, the page says what it waits for', () => {
  expect(presence({ call: { kind: 'connecting', step: 'microphone' }, agent: 'idle' })).toMatchObject({
    mood: 'waiting',
    title: 'askingMicrophone',
  });
});
