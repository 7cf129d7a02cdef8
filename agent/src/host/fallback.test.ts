// The host's own thread with real engines: what its chains tell reaches the server's side.
import { expect, test } from '@jest/globals';
import type { EngineFallback, SessionEvent } from '../contracts/index.ts';
import { RtpSocket } from '../rtp/index.ts';
import { isInstalled, OpenAiServer, sessionSettings, testSettings, until } from '../testing/index.ts';
import { startAgentHost } from './client.ts';

const withEspeak = isInstalled('espeak-ng', '--version') ? test : test.skip;

withEspeak(
  'a host answers by the next engines when its server is gone, logs it, and tells which engines are passed over',
  async () => {
    const server = await OpenAiServer.start({ chat: () => ({ status: 401 }), speak: () => ({ status: 401 }) });
    const fallbacks: EngineFallback[] = [];
    const logged: string[] = [];
    const host = await startAgentHost({
      engines: testSettings({
        openai: { apiKey: 'sk-1', baseUrl: server.url },
        asr: { engine: 'openai' },
        llm: { engine: ['openai', 'scripted'] },
      }),
      tools: { webhooks: [], mcpServers: {} },
      log: (level, message) => logged.push(`${level}: ${message}`),
      onFallback: (fallback) => fallbacks.push(fallback),
    });
    const socket = await RtpSocket.open({ ip: '127.0.0.1' });
    try {
      expect(host.health).toHaveLength(5);
      expect(host.health.every(({ up }) => up)).toBe(true);
      expect(host.choices.map(({ reason }) => reason)).toContain('named in the settings; then a small script');
      const events: SessionEvent[] = [];
      const session = await host.open({
        id: 'one',
        settings: sessionSettings({ greeting: '' }),
        onEvent: (event) => events.push(event),
      });
      session.connectMouth({ ssrc: 2222, payloadType: 100, remote: socket.address });
      session.addEar({ callerId: 'ann', ssrc: 1111, payloadType: 111 });
      session.text('ann', 'What is two plus two?');
      await until(() => events.some((event) => event.type === 'reply-text' && /\bfour\b|\b4\b/.test(event.text)));
      expect(fallbacks).toEqual([
        { stage: 'llm', from: 'openai', to: 'scripted', reason: 'auth' },
        { stage: 'tts', from: 'openai', to: 'espeak', reason: 'auth' },
      ]);
      expect(logged).toContain('warn: the llm engine openai failed (auth): scripted took over');
      const down = host.health.filter(({ up }) => !up).map(({ stage, engine }) => `${stage} ${engine}`);
      expect(down.sort()).toEqual(['llm openai', 'tts openai']);
      await session.close('room-closed');
    } finally {
      await host.close();
      await socket.close();
      await server.close();
    }
  },
  30_000,
);
