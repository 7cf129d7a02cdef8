import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { startAgentHost } from '@parley/agent';
import { speechClip } from '@parley/agent/testing';
import { startTestApp, type TestApp } from '../../testing/app.ts';

export const API_KEY = 'a-key-for-the-tests-of-the-realtime-door';

/** The whole server with scripted engines in a real agent thread; every client needs the key. */
export const startRealtimeHouse = (
  sections: Parameters<typeof startTestApp>[0] = {},
  overrides: Parameters<typeof startTestApp>[1] = {},
): Promise<TestApp> =>
  startTestApp(
    { ...sections, server: { apiToken: API_KEY, ...sections.server } },
    {
      startHost: startAgentHost,
      hostModule: new URL('../../../../agent/src/testing/function-host.ts', import.meta.url),
      ...overrides,
    },
  );

export interface TlsFront {
  /** https://localhost:... */
  readonly url: string;
  close(): void;
}

/** What ends TLS in front of a server, for clients that speak nothing else; its certificate is its own. */
export async function startTls(target: string): Promise<TlsFront> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=localhost', '-keyout', key, '-out', cert];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject], {
    stdio: 'pipe',
  });
  const port = Number(new URL(target).port);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
    const inner = connect(port, '127.0.0.1');
    socket.pipe(inner).pipe(socket);
    socket.on('error', () => inner.destroy());
    inner.on('error', () => socket.destroy());
  });
  rmSync(folder, { recursive: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return { url: `https://localhost:${address.port}`, close: () => void server.close() };
}

/** Seconds of somebody speaking, 16-bit at 24 kHz. */
export function speech24k(seconds: number): Int16Array {
  const { samples } = speechClip('jfk');
  return Int16Array.from({ length: seconds * 24_000 }, (_, i) => {
    const at = (i * 2) / 3;
    const [a = 0, b = 0] = [samples[Math.floor(at)], samples[Math.ceil(at)]];
    return Math.round(a + (b - a) * (at % 1));
  });
}

export const base64Of = ({ buffer, byteOffset, byteLength }: Int16Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');
