// Package detection and installation, on a machine of stand-ins; its apt-get writes down what it is asked.
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const here = join(process.cwd(), 'scripts', 'set-up');
const speech = { packages: ['espeak-ng'], reason: 'for speech', without: 'no speech' };
const build = { packages: ['cmake', 'libuv1-dev', 'libssl-dev'], reason: 'to build the worker', required: true };

describe('Debian packages', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-apt-'));
    symlinkSync('/bin/sh', join(folder, 'sh'));
    program('pkg-config', '[ "$2" = openssl ]');
    program('apt-cache', 'shift; for p; do echo "$p:"; [ "$p" = espeak-ng ] || echo "  Candidate: 1.0"; done');
    program('apt-get', `echo "$*" >> ${folder}/asked`);
    writeFileSync(join(folder, 'asked'), '');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function program(name: string, body: string): void {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const asked = (): string => readFileSync(join(folder, 'asked'), 'utf8');

  /** Runs a call of the module in a process of its own, on a machine that has only the stand-ins. */
  function calling(code: string, env: Record<string, string> = {}): Promise<{ code: number; output: string }> {
    const source = `import { installPackages, missingOf } from '${here}/debian.mjs';
      import { script } from '${here}/script.mjs';
      await script('', async () => { ${code}; return 0; });`;
    const options = { env: { PATH: folder, HOME: folder, TMPDIR: folder, ...env } };
    return new Promise((resolve) => {
      const child = execFile(process.execPath, ['--input-type=module', '-e', source], options, (_, stdout, stderr) =>
        resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
      );
    });
  }
  const install = (...needs: object[]): string => `await installPackages(${JSON.stringify(needs)})`;

  test('are missing unless what they bring is there, by whatever way it came', async () => {
    program('cmake', 'true');
    const { output } = await calling(`console.log(await missingOf(${JSON.stringify(build.packages)}))`);
    expect(output.trim()).toBe("[ 'libuv1-dev' ]");
  });

  test('that are all there cost no question to apt-get', async () => {
    await calling(install({ ...build, packages: ['libssl-dev'] }));
    expect(asked()).toBe('');
  });

  test('are named with their reason, and never installed where that is forbidden', async () => {
    const { code, output } = await calling(install(build, speech), { PARLEY_NO_APT: '1' });
    expect(output).toContain('to build the worker: cmake libuv1-dev\n');
    expect(output).toContain('sudo apt-get install cmake libuv1-dev espeak-ng');
    expect(code).toBe(1);
    expect(asked()).toBe('');
  });

  test('that are optional stop nothing', async () => {
    const { code, output } = await calling(install(speech), { PARLEY_NO_APT: '1' });
    expect(output).toContain('no speech');
    expect(code).toBe(0);
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;

  asRoot('are installed together, without those this distribution does not know', async () => {
    const { code, output } = await calling(install(build, speech));
    expect(asked()).toMatch(/^update .*\ninstall .*--no-install-recommends cmake libuv1-dev\n$/);
    expect(output).toContain('no speech');
    expect(code).toBe(0);
  });

  asRoot('that could not be had are not tried at every start', async () => {
    await calling(install(speech));
    const before = asked();
    const { output } = await calling(install(speech));
    expect(output).toContain('npm run setup');
    expect(asked()).toBe(before);
    await calling(`await installPackages([${JSON.stringify(speech)}], { insist: true })`);
    expect(asked()).not.toBe(before);
  });
});
