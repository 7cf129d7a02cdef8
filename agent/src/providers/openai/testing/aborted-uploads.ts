// A program: uploads to a server that is not there, given up after some milliseconds. What nobody could handle ends it.
import { openAiClient } from '../client.ts';

const UPLOADS = 60;
const TOGETHER = 6;
const LATEST_MS = 12;

/** Nobody listens at port 9. */
const client = openAiClient({ apiKey: '', baseUrl: 'http://127.0.0.1:9/v1' }, 5000);

async function upload(i: number): Promise<void> {
  const giveUp = new AbortController();
  setTimeout(() => giveUp.abort(), i % LATEST_MS);
  const file = new File([new Uint8Array(30_000 + 9000 * i)], 'speech.wav');
  const request = client.audio.transcriptions.create({ file, model: 'any' }, { signal: giveUp.signal });
  await request.catch(() => {});
}

for (let i = 0; i < UPLOADS; i += TOGETHER) {
  await Promise.all(Array.from({ length: TOGETHER }, (_, k) => upload(i + k)));
}
