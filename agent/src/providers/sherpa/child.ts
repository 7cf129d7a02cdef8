// The child process's entry: one model, asked by messages until its parent is gone. Started by server.ts.
import { readFileSync } from 'node:fs';
import { loadAddon } from './child-addon.ts';
import type { Engine } from './child-engine.ts';
import { OfflineEars } from './child-offline.ts';
import { StreamingEars } from './child-streaming.ts';
import { Voice } from './child-voice.ts';
import type { Answer, Request } from './messages.ts';
import { type SherpaAsrModel, speaks, streams } from './model.ts';
import { recogniserConfig, takesHints, voiceConfig } from './native-config.ts';

let engine: Engine | undefined;

const tell = (answer: Answer): void => {
  process.send?.(answer, () => {}); // a parent that is gone ends this process
};

async function load({ model, threads }: Extract<Request, { type: 'load' }>): Promise<void> {
  const { OfflineRecognizer, OfflineTts, OnlineRecognizer } = loadAddon();
  if (speaks(model)) {
    const tts = await OfflineTts.createAsync(voiceConfig(model, threads));
    engine = new Voice(tts, tell);
    return tell({ type: 'ready', rate: tts.sampleRate, speakers: tts.numSpeakers });
  }
  const recognition = model as SherpaAsrModel;
  const config = recogniserConfig(recognition, threads);
  const plain = plainFor(recognition);
  engine = streams(recognition)
    ? new StreamingEars(new OnlineRecognizer(config), plain, tell)
    : new OfflineEars(await OfflineRecognizer.createAsync(config), takesHints(recognition), plain, tell);
  tell({ type: 'ready' });
}

/** Without needless spaces, and in small letters where the model knows capitals only. */
function plainFor({ files }: SherpaAsrModel): (text: string) => string {
  const tokens = readFileSync(files.tokens ?? '', 'utf8').replace(/<[^>]*>/g, '');
  const shouts = /[A-Z]/.test(tokens) && !/[a-z]/.test(tokens);
  return (text) => (shouts ? text.toLowerCase() : text).trim().replace(/\s+/g, ' ');
}

process.on('message', (request: Request) => {
  if (request.type !== 'load') return engine?.take(request);
  load(request).catch((error) =>
    tell({ type: 'failed', message: error instanceof Error ? error.message : `${error}` }),
  );
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole group: the parent decides when this one goes.
process.on('SIGINT', () => {});
