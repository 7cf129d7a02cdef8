// What is kept of such a call: as of any other, with the words that were heard.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { WebSocket } from 'ws';
import type { ServerEvent } from './protocol.ts';
import { API_KEY, startRealtimeHouse } from './testing/house.ts';
import { Recorded } from './testing/recorded.ts';

/** Making an embedded database takes seconds. */
jest.setTimeout(90_000);

const headers = { authorization: `Bearer ${API_KEY}` };

interface Kept {
  readonly calls: { readonly call: string; readonly endedAt?: string }[];
  readonly said: { readonly text: string; readonly interrupted: boolean }[];
}

/** Asks again until the answer is as it should be; what is written is read a moment later. */
async function eventually(url: string, fits: (body: Kept) => boolean): Promise<Kept> {
  for (;;) {
    const answer = await fetch(url, { headers });
    const body = answer.ok ? ((await answer.json()) as Kept) : undefined;
    if (body && fits(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a call by the realtime door is kept, and what was truncated is not said to have been heard', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-realtime-'));
  const limits = { requestsPerMinute: 100_000 };
  const house = await startRealtimeHouse({ server: { dataDir }, history: { enabled: true }, limits });
  const socket = new WebSocket(`${house.url.replace('http', 'ws')}/v1/realtime`, { headers });
  const got = new Recorded();
  socket.on('message', (data) => got.put(JSON.parse(String(data)) as ServerEvent));
  await once(socket, 'open');
  const send = (event: object): void => socket.send(JSON.stringify(event));
  const content = [{ type: 'input_text', text: 'hello there' }];
  send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
  send({ type: 'response.create' });
  await got.until('response.output_audio.delta', 60);
  send({ type: 'response.cancel' });
  const { response } = await got.until('response.done');
  const item_id = response.output?.[0]?.id;
  send({ type: 'conversation.item.truncate', item_id, content_index: 0, audio_end_ms: 420 });
  await got.until('conversation.item.truncated');
  socket.close();

  const { calls } = await eventually(`${house.url}/v1/calls`, (body) => body.calls[0]?.endedAt !== undefined);
  const url = `${house.url}/v1/calls/${calls[0]?.call}/transcript`;
  const { said } = await eventually(url, (body) => body.said.length === 2);
  expect(said).toMatchObject([{ text: 'hello there' }, { text: 'You said', interrupted: true }]);
  await house.close();
  rmSync(dataDir, { recursive: true });
});
