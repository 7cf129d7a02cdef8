import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compileArguments, finishPackage } from './set-up/sdk-package.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const app = mkdtempSync(join(tmpdir(), 'parley-sdk-'));
let files: string[];

beforeAll(() => {
  const built = join(app, 'built');
  execFileSync(process.execPath, compileArguments(built), { stdio: 'inherit' });
  finishPackage(built);
  const packed = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', app], {
    cwd: built,
    encoding: 'utf8',
  });
  const [{ filename, files: listed }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  files = listed.map(({ path }) => path);
  // Installed as npm would; what it depends on is the checkout's own.
  const home = join(app, 'node_modules', '@parley', 'signaling');
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', join(app, filename), '-C', home, '--strip-components=1']);
  for (const name of ['mediasoup-client', 'socket.io-client', 'zod', 'react', '@types'])
    symlinkSync(join(ROOT, 'node_modules', name), join(app, 'node_modules', name));
}, 60_000);
afterAll(() => rmSync(app, { recursive: true, force: true }));

test('the packed SDK holds compiled code with its types, and neither tests nor sources', () => {
  expect(files).toEqual(expect.arrayContaining(['index.js', 'index.d.ts', 'react/index.js', 'react/index.d.ts']));
  expect(files.filter((path) => /(?<!\.d)\.ts$|test|testing/.test(path))).toEqual([]);
  expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE']));
});

test('a plain TypeScript project imports all its doors', () => {
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(app, 'app.ts'),
    `import { Call, type CallState, SignalingError } from '@parley/signaling';
import { PROTOCOL_VERSION } from '@parley/signaling/protocol';
import { useParleyCall } from '@parley/signaling/react';
const call = new Call({ url: 'https://voice.example.org', surviveReload: true });
export const state: CallState = call.state;
export const all: readonly unknown[] = [PROTOCOL_VERSION, SignalingError, useParleyCall];
`,
  );
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--lib', 'es2023,dom', '--types', ''];
  execFileSync(process.execPath, [tsc, ...options, 'app.ts'], { cwd: app, stdio: 'inherit' });
  const run = "import('./app.js').then(({ state, all }) => console.log(state.kind, all.length))";
  expect(execFileSync(process.execPath, ['-e', run], { cwd: app, encoding: 'utf8' }).trim()).toBe('idle 3');
}, 60_000);
