// From the configuration to the words: a real host thread with the local engines that the settings name.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type SessionEvent, startAgentHost } from '@parley/agent';
import { HUM_VOICE, hasSherpa, RtpCaller, sessionSettings, TINY_ASR, tinyClip, until } from '@parley/agent/testing';
import { loadConfig } from '../config/index.ts';

const withSherpa = hasSherpa() ? test : test.skip;
const RENEWING = fileURLToPath(new URL('./testing/renewing.ts', import.meta.url));
let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parley-engines-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

withSherpa(
  'a caller is heard by the model that the environment names, and answered by the voice of a list in the file',
  async () => {
    const voice = JSON.stringify({ engine: 'sherpa', model: HUM_VOICE, kind: 'vits', threads: 1 });
    writeFileSync(
      join(directory, 'config.yaml'),
      `engines: { turn: { engine: none }, llm: { engine: scripted }, tts: { engine: [${voice}] } }`,
    );
    const env = {
      PARLEY_ENGINES_ASR_ENGINE: 'sherpa',
      PARLEY_ENGINES_ASR_SHERPA_MODEL: TINY_ASR,
      PARLEY_ENGINES_ASR_SHERPA_THREADS: '1',
    };
    const { engines } = loadConfig({ directory, env });
    const host = await startAgentHost({ engines, tools: { webhooks: [], mcpServers: {} } });
    const caller = await RtpCaller.open('ann');
    const events: SessionEvent[] = [];
    try {
      expect(host.choices.map(({ stage, engine, reason }) => `${stage} ${engine}: ${reason}`)).toEqual([
        expect.stringMatching(/^vad /),
        'asr sherpa: named in the settings; tiny-asr (streaming-nemo-ctc)',
        'llm scripted: named in the settings',
        'tts sherpa: named in the settings; hum-voice (vits)',
      ]);
      const session = await host.open({
        id: 'one',
        settings: sessionSettings(),
        onEvent: (event) => events.push(event),
      });
      session.connectMouth(caller.mouth);
      session.addEar(caller.ear);
      session.callerPlaying('ann');
      await caller.say(tinyClip('start-play-next-seven-two-stop').samples, session.address.port);
      await until(() => events.some((event) => event.type === 'transcript' && event.final));
      // Packets that come late on a busy machine cost a word.
      expect(events.find((event) => event.type === 'transcript' && event.final)).toMatchObject({
        callerId: 'ann',
        text: expect.stringContaining('play next'),
      });
      await until(() => caller.heard > 10);
      await session.close('room-closed');
    } finally {
      await host.close();
      await caller.close();
    }
  },
  60_000,
);

withSherpa(
  'models that come while the server runs serve the calls that begin then: all three on this machine, without a key',
  () => {
    // In a process of its own, whose threads look for models where this test wants them.
    const env = { ...process.env, PARLEY_MODELS_DIR: directory };
    const flags = ['--disable-warning=ExperimentalWarning', RENEWING];
    const printed = execFileSync(process.execPath, flags, { encoding: 'utf8', env });
    expect(JSON.parse(printed)).toEqual([
      ['pocketsphinx (lite)', 'scripted (lite)', 'espeak (lite)'],
      ['sherpa', 'local', 'sherpa'],
    ]);
  },
  60_000,
);
