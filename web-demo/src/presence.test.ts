import { expect, test } from '@jest/globals';
import type { InCall } from '@parley/signaling';
import { canAsk, presence } from './presence.ts';
import { inCall as call } from './testing/in-call.ts';

test('in a call the page shows what the agent does', () => {
  expect(presence({ others: [], call, agent: 'thinking' })).toMatchObject({ mood: 'thinking', title: 'agentThinking' });
  expect(presence({ others: [], call, agent: 'idle' })).toMatchObject({ mood: 'ready', title: 'agentIdle' });
});

test('who is muted is told so where the agent waits for words, and sees the agent speak', () => {
  const muted = { ...call, muted: true };
  expect(presence({ others: [], call: muted, agent: 'listening' })).toMatchObject({ mood: 'idle', title: 'muted' });
  expect(presence({ others: [], call: muted, agent: 'speaking' })).toMatchObject({
    mood: 'speaking',
    title: 'agentSpeaking',
  });
});

test('nobody without a microphone is asked to say something', () => {
  const typing: InCall = { ...call, microphone: { kind: 'off' } };
  expect(presence({ others: [], call: typing, agent: 'idle' })).toMatchObject({ title: 'ready', hint: 'typingHint' });
});

test('while the browser asks for the microphone, the page says what it waits for', () => {
  expect(presence({ others: [], call: { kind: 'connecting', step: 'microphone' }, agent: 'idle' })).toMatchObject({
    mood: 'waiting',
    title: 'askingMicrophone',
  });
});

test('whoever must ask for an answer is told so, and can', () => {
  const on = (answers: InCall['answers'], others: string[] = []) => ({ call: { ...call, answers }, others });
  expect([on('every-turn'), on('every-turn', ['ann']), on('when-named')].map(canAsk)).toEqual([false, false, false]);
  expect([on('on-request'), on('when-named', ['ann'])].map(canAsk)).toEqual([true, true]);
  expect(presence({ ...on('on-request'), agent: 'idle' })).toMatchObject({ title: 'agentIdle', hint: 'askHint' });
  expect(canAsk({ call: { kind: 'idle' }, others: ['ann'] })).toBe(false);
});
