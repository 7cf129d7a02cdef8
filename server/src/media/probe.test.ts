import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '../observe/index.ts';
import { probeMedia } from './probe.ts';
import { MediaWorkers } from './workers.ts';

describe('the media port, knocked at as a browser would', () => {
  let media: MediaWorkers;
  beforeEach(async () => {
    const log = createLogger({ level: 'silent', format: 'json' });
    media = new MediaWorkers({ port: 0, workers: 1, listen: ['127.0.0.1'], logLevel: 'none' }, { log });
    await media.start();
  });
  afterEach(() => media.close());

  test('answers on UDP and TCP where it listens', async () => {
    const router = await media.createRouter();
    expect(await probeMedia(router, '127.0.0.1')).toEqual({ port: media.ports[0], udp: true, tcp: true });
    router.close();
  });

  test('does not answer under an address where it does not listen', async () => {
    const router = await media.createRouter();
    expect(await probeMedia(router, '127.0.0.2')).toEqual({ port: media.ports[0], udp: false, tcp: false });
    router.close();
  });
});
