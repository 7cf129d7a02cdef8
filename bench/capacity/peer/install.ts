import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** What is compared with; never a dependency of the project. */
const PACKAGES = {
  '@livekit/agents': '^1.9.0',
  '@livekit/agents-plugin-silero': '^1.9.0',
  '@livekit/rtc-node': '^0.13.35',
};
const INSTALL_PATIENCE_MS = 600_000;

export interface PeerPlace {
  readonly harness: string;
  readonly version: string;
}

/** Installs the peer into a folder of its own below the user's cache, where it is not there yet. */
export async function installPeer(): Promise<PeerPlace> {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'parley', 'peers', 'livekit-agents');
  mkdirSync(folder, { recursive: true });
  const manifest = join(folder, 'node_modules', '@livekit', 'agents', 'package.json');
  if (!existsSync(manifest)) {
    console.log(`installing ${Object.keys(PACKAGES).join(', ')} into ${folder}`);
    const own = { name: 'parley-bench-peer', private: true, type: 'module', dependencies: PACKAGES };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(own, undefined, 2));
    const options = { cwd: folder, timeout: INSTALL_PATIENCE_MS, maxBuffer: 1 << 24 };
    await promisify(execFile)('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], options);
  }
  const harness = join(folder, 'harness.mjs');
  copyFileSync(fileURLToPath(new URL('./harness.mjs', import.meta.url)), harness);
  return { harness, version: JSON.parse(readFileSync(manifest, 'utf8')).version };
}
