import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { turnServersFor } from './turn.ts';

const turn = { urls: ['turn:voice.example.com:3478?transport=udp'], secret: 'a shared secret', ttlMinutes: 60 };

describe('credentials for TURN', () => {
  test('name their end and their owner, and prove it by the shared secret', () => {
    const [server] = turnServersFor(turn, 'caller-1', 1_000_000_000_000);
    expect(server).toEqual({
      urls: turn.urls,
      username: '1000003600:caller-1',
      credential: createHmac('sha1', 'a shared secret').update('1000003600:caller-1').digest('base64'),
    });
  });

  test('are not given where there is no TURN server', () => {
    expect(turnServersFor({ ...turn, urls: [] }, 'caller-1')).toEqual([]);
  });
});
