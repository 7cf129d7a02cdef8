import { expect, test } from '@jest/globals';
import { inviteLink, localAddress, wishesOf } from './address.ts';

test('the address names the room, the language and the pace', () => {
  expect(wishesOf('https://talk.example/?room=tea-3&lang=zh-CN&turns=patient&relay')).toEqual({
    room: 'tea-3',
    language: 'zh-CN',
    turnPreset: 'patient',
    relay: true,
  });
});

test('what does not fit the protocol is as if it were not there', () => {
  expect(wishesOf('https://talk.example/?room=a%20b&lang=%3Cb%3E&turns=now')).toEqual({});
});

test('an invitation leads to the room and to nothing else', () => {
  expect(inviteLink('https://talk.example/parley/?lang=zh#top', 'tea')).toBe('https://talk.example/parley/?room=tea');
});

test('on the server itself the page is found under localhost', () => {
  expect(localAddress('http://192.168.0.7:8000/?room=tea')).toBe('http://localhost:8000');
  expect(localAddress('http://parley.lan/')).toBe('http://localhost');
});
