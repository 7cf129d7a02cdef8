// The arrows of the house, tried on the linter itself: one small file for each import, allowed or not.
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const root = process.cwd();
const libraries = ['node:fs', 'zod'];

/** What each room may import of its own package; everything that is not here must be refused. */
const agent = {
  contracts: [],
  kernel: ['contracts'],
  rtp: ['contracts', 'kernel'],
  codec: ['contracts', 'kernel'],
  hearing: ['contracts', 'kernel'],
  turns: ['contracts'],
  tools: ['contracts', 'kernel'],
  reply: ['contracts', 'kernel'],
  providers: ['contracts', 'kernel', 'codec', 'models'],
  models: ['contracts', 'kernel'],
  session: ['contracts', 'kernel', 'rtp', 'codec', 'hearing', 'turns', 'tools', 'reply', 'models'],
  host: ['contracts', 'kernel', 'rtp', 'codec', 'hearing', 'turns', 'tools', 'reply', 'providers', 'models', 'session'],
};
const server = {
  observe: [],
  access: ['observe'],
  admission: ['observe'],
  supervise: ['observe'],
  config: ['@parley/agent'],
  media: ['observe', 'supervise', 'mediasoup'],
  rooms: ['media', 'observe'],
  agents: ['rooms', 'media', 'observe', 'supervise', '@parley/agent'],
  signaling: ['access', 'rooms', 'agents', 'observe', '@parley/signaling', '@parley/signaling/protocol'],
  webhooks: ['rooms', 'observe', '@parley/agent'],
  realtime: ['access', 'media', 'rooms', 'observe'],
  telephony: ['access', 'rooms', 'observe'],
  http: ['access', 'rooms', 'agents', 'realtime', 'telephony', 'history', 'observe', 'config'],
  history: ['rooms', 'media', 'observe'],
  doctor: ['config', 'media', 'observe', '@parley/agent'],
};
const doors = ['@parley/agent', '@parley/signaling', '@parley/signaling/protocol', '@parley/server', 'mediasoup'];

interface Case {
  file: string;
  imports: string;
  allowed: boolean;
}

const cases: Case[] = [];

function tryImport(folder: string, imports: string, allowed: boolean, ending = '.ts'): void {
  cases.push({ file: `${folder}/case-${cases.length}${ending}`, imports, allowed });
}

for (const [house, rooms] of Object.entries({ agent, server })) {
  for (const [room, allowed] of Object.entries<string[]>(rooms)) {
    for (const other of [...Object.keys(rooms), 'testing']) {
      if (other === room) continue;
      tryImport(`${house}/src/${room}`, `../${other}/index.ts`, allowed.includes(other));
      tryImport(`${house}/src/${room}/deeper`, `../../${other}/thing.ts`, allowed.includes(other));
    }
    if (house === 'server') for (const door of doors) tryImport(`server/src/${room}`, door, allowed.includes(door));
    if (house === 'agent') for (const door of doors.slice(0, 4)) tryImport(`agent/src/${room}`, door, false);
    const pure = house === 'agent' && ['contracts', 'turns'].includes(room);
    for (const library of libraries) tryImport(`${house}/src/${room}`, library, !pure);
    tryImport(`${house}/src/${room}`, './sibling.ts', true);
    tryImport(`${house}/src/${room}/deeper`, '../sibling.ts', true);
    tryImport(`${house}/src/${room}`, '../../../signaling/src/protocol/index.ts', false);
  }
}
for (const [imports, allowed] of Object.entries({
  zod: true,
  'zod/mini': true,
  './notices.ts': true,
  'node:fs': false,
  '../client/call.ts': false,
  'socket.io-client': false,
})) {
  tryImport('signaling/src/protocol', imports, allowed);
}
for (const [imports, allowed] of Object.entries({
  'socket.io-client': true,
  'mediasoup-client': true,
  '../protocol/index.ts': true,
  './call.ts': true,
  '../react/index.ts': false,
  zod: false,
  'node:fs': false,
  '@parley/server': false,
})) {
  tryImport('signaling/src/client', imports, allowed);
}
for (const [imports, allowed] of Object.entries({
  react: true,
  '../client/call.ts': true,
  '../protocol/index.ts': true,
  'react-dom': false,
  zod: false,
})) {
  tryImport('signaling/src/react', imports, allowed);
}
for (const [imports, allowed] of Object.entries({
  '@parley/signaling': true,
  './page.ts': true,
  './style.css': true,
  'socket.io-client': false,
  '@parley/agent': false,
  '../../signaling/src/index.ts': false,
})) {
  tryImport('web-demo/src', imports, allowed);
}
for (const [imports, allowed] of Object.entries({
  '@parley/signaling': true,
  '@parley/signaling/react': true,
  '@parley/signaling/client': false,
  '../../../signaling/src/index.ts': false,
})) {
  tryImport('examples/embed-react/src', imports, allowed);
}
for (const folder of ['bench', 'e2e', 'server/src']) {
  tryImport(folder, '@parley/agent', true);
  tryImport(folder, '@parley/agent/testing', true);
  tryImport(folder, '@parley/agent/kernel', false);
  tryImport(folder, '../agent/src/kernel/scope.ts', false);
}
// Tests reach further, but not into another package.
tryImport('agent/src/turns', '../kernel/scope.ts', true, '.test.ts');
tryImport('agent/src/testing', '../host/index.ts', true);

describe('the import zones', () => {
  let house: string;
  let refused: Set<string>;

  beforeAll(async () => {
    house = mkdtempSync(join(tmpdir(), 'parley-zones-'));
    for (const name of ['biome.json', '.gitignore']) copyFileSync(join(root, name), join(house, name));
    for (const { file, imports } of cases) write(house, file, `import { x } from '${imports}';\n\nx();\n`);
    refused = await complaints(house, 'noRestrictedImports');
  }, 30_000);
  afterAll(() => rmSync(house, { recursive: true, force: true }));

  const sentence = ({ file, imports, allowed }: Case) =>
    `${dirname(file)} ${allowed ? 'may' : 'may not'} import ${imports}`;

  test('hold for every import that is allowed', () => {
    expect(cases.filter((c) => c.allowed && refused.has(c.file)).map(sentence)).toEqual([]);
  });

  test('refuse every import that is not', () => {
    expect(cases.filter((c) => !c.allowed && !refused.has(c.file)).map(sentence)).toEqual([]);
  });

  test('know every room there is', () => {
    const rooms = (name: string) =>
      readdirSync(join(root, name, 'src'), { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name !== 'testing')
        .map((entry) => entry.name);
    expect(Object.keys(agent)).toEqual(expect.arrayContaining(rooms('agent')));
    expect(Object.keys(server)).toEqual(expect.arrayContaining(rooms('server')));
  });

  test('forbid a cycle, also one of types only', async () => {
    const ring = mkdtempSync(join(tmpdir(), 'parley-ring-'));
    for (const name of ['biome.json', '.gitignore']) copyFileSync(join(root, name), join(ring, name));
    write(ring, 'bench/a.ts', "import { b } from './b.ts';\n\nexport const a = (): number => b();\n");
    write(ring, 'bench/b.ts', "import { a } from './a.ts';\n\nexport const b = (): number => a();\n");
    write(ring, 'bench/t.ts', "import type { U } from './u.ts';\n\nexport type T = U | 1;\n");
    write(ring, 'bench/u.ts', "import type { T } from './t.ts';\n\nexport type U = T | 2;\n");
    write(ring, 'bench/line.ts', "import { a } from './a.ts';\n\na();\n");
    const found = await complaints(ring, 'noImportCycles');
    rmSync(ring, { recursive: true, force: true });
    expect([...found].sort()).toEqual(['bench/a.ts', 'bench/b.ts', 'bench/t.ts', 'bench/u.ts']);
  }, 30_000);
});

function write(folder: string, file: string, text: string): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

/** The files that a rule of the project's own configuration complains about. */
function complaints(folder: string, rule: string): Promise<Set<string>> {
  const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 64 * 2 ** 20 }, (_failed, stdout, stderr) => {
      if (!stdout.startsWith('{')) return reject(new Error(stderr));
      const diagnostics: Diagnostic[] = JSON.parse(stdout).diagnostics;
      const ours = diagnostics.filter((diagnostic) => diagnostic.category?.endsWith(`/${rule}`));
      resolve(new Set(ours.map((diagnostic) => diagnostic.location.path)));
    });
  });
}

interface Diagnostic {
  category?: string;
  location: { path: string };
}
