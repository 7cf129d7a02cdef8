import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createLogger } from '../observe/index.ts';
import { startTestApp, testConfig } from '../testing/app.ts';
import { checkAnnounced, checkHttps } from './exposure.ts';
import { checkFolder } from './folders.ts';
import { checkClock, checkFiles, checkNode } from './machine.ts';
import { checkHttpPort, checkMedia } from './ports.ts';
import { isHealthy, printed } from './print.ts';

const log = createLogger({ level: 'silent', format: 'json' });

describe('the machine', () => {
  test('a Node that cannot run TypeScript fails', () => {
    expect(checkNode('24.1.0')).toMatchObject({ verdict: 'ok' });
    expect(checkNode('22.18.0')).toMatchObject({ verdict: 'ok' });
    expect(checkNode('22.17.1')).toMatchObject({ verdict: 'failed', fix: expect.stringContaining('22.18') });
  });

  test.each([
    ['Max open files            1048576              1048576              files', 'ok'],
    ['Max open files            unlimited            unlimited            files', 'ok'],
    ['Max open files            1024                 524288               files', 'warning'],
    ['Max open files            64                   64                   files', 'failed'],
    ['', 'skipped'],
  ])('%s -> %s', (limits, verdict) => {
    expect(checkFiles(limits)).toMatchObject({ verdict });
  });

  test('the clock is compared with a web server’s, and skipped where none answers', async () => {
    const server = createServer((_, answer) => answer.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await checkClock(url)).toMatchObject({ verdict: 'ok' });
    expect(await checkClock(url, () => Date.now() + 30_000)).toMatchObject({ verdict: 'warning' });
    expect(await checkClock(url, () => Date.now() - 7_200_000)).toMatchObject({
      verdict: 'failed',
      says: expect.stringMatching(/off by 7(19|20)\d s/),
      fix: expect.stringContaining('timedatectl'),
    });
    server.close();
    await once(server, 'close');
    expect(await checkClock(url)).toMatchObject({ verdict: 'skipped' });
  });
});

describe('a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-doctor-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const need = { check: 'data folder', variable: 'PARLEY_DATA', leastMb: 0, enoughMb: 0 };

  test('that can be written to and has room is in order', () => {
    expect(checkFolder({ ...need, path: join(folder, 'new') })).toMatchObject({ verdict: 'ok' });
  });

  test('that is none fails, and the fix names it', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(checkFolder({ ...need, path: join(folder, 'file') })).toMatchObject({
      verdict: 'failed',
      fix: expect.stringMatching(/chown .*parley-doctor-.*PARLEY_DATA/),
    });
  });

  test('on a disk that is nearly full warns, then fails', () => {
    expect(checkFolder({ ...need, path: folder, enoughMb: 1e12 })).toMatchObject({ verdict: 'warning' });
    expect(checkFolder({ ...need, path: folder, leastMb: 1e12, enoughMb: 1e12 })).toMatchObject({ verdict: 'failed' });
  });
});

describe('who can come', () => {
  test.each([
    [{}, 'ok'],
    [{ server: { host: '0.0.0.0' } }, 'warning'],
    [{ server: { host: '0.0.0.0', trustProxy: true } }, 'ok'],
    [{ server: { host: '0.0.0.0' }, access: { bind: '127.0.0.1' } }, 'ok'],
  ])('HTTPS, with %j: %s', (sections, verdict) => {
    expect(checkHttps(testConfig(sections))).toMatchObject({ verdict });
  });

  test.each([
    [undefined, '0.0.0.0', 'ok'],
    ['203.0.113.5', '0.0.0.0', 'ok'],
    ['192.168.1.2', '0.0.0.0', 'warning'],
    ['127.0.0.1', '0.0.0.0', 'warning'],
    ['192.168.1.2', '127.0.0.1', 'ok'],
    ['no-such-name.invalid', '0.0.0.0', 'failed'],
  ])('announcing %s from %s: %s', async (announcedAddress, host, verdict) => {
    const config = testConfig({ server: { host }, media: announcedAddress ? { announcedAddress } : {} });
    expect(await checkAnnounced(config)).toMatchObject({ verdict });
  });
});

describe('the ports', () => {
  test('that are free are tried with a browser’s first packets', async () => {
    const config = testConfig();
    const { finding, serving } = await checkHttpPort(config);
    expect([finding.verdict, serving]).toEqual(['ok', 'nobody']);
    const [media] = await checkMedia(config, serving, log);
    expect(media).toMatchObject({ verdict: 'ok', says: expect.stringContaining('UDP (STUN) and TCP') });
  });

  test('that a running Parley has are in order', async () => {
    const house = await startTestApp();
    const { port } = new URL(house.url);
    const config = testConfig({ server: { port: Number(port) }, media: { port: house.mediaPorts[0] } });
    const { finding, serving } = await checkHttpPort(config);
    expect(finding).toMatchObject({ verdict: 'ok', says: expect.stringContaining('Parley is serving') });
    expect(serving).toBe('parley');
    void house.app.drain(0, new AbortController().signal);
    expect((await checkHttpPort(config)).finding).toMatchObject({ says: expect.stringContaining('about to end') });
    await house.close();
  });

  test('that other programs have fail with the words of a start that fails', async () => {
    const other = createTcp().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const http = await checkHttpPort(testConfig({ server: { port } }));
    expect(http.finding).toMatchObject({ verdict: 'failed', fix: expect.stringContaining(`PORT=${port + 1}`) });
    const [media] = await checkMedia(testConfig({ media: { port } }), 'nobody', log);
    expect(media).toMatchObject({ verdict: 'failed', fix: expect.stringContaining('PARLEY_MEDIA_PORT=') });
    other.close();
  });
});

test('what is printed has a line for each finding, the fix below, and the sum', () => {
  const findings = [
    { check: 'Node', verdict: 'ok', says: '24.1.0' },
    { check: 'HTTP port', verdict: 'failed', says: 'Port 8000 is in use.', fix: 'Stop it.' },
  ] as const;
  expect(printed(findings)).toBe(
    [
      'ok        Node       24.1.0',
      'FAILED    HTTP port  Port 8000 is in use.',
      '          -> Stop it.',
      '',
      '1 failed: calls will not work before that is mended.',
    ].join('\n'),
  );
  expect(isHealthy(findings)).toBe(false);
});
