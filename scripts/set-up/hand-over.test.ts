import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from '@jest/globals';

const here = join(process.cwd(), 'scripts', 'set-up');

/** A command that hands over to a program, as npm start does. */
function command(program: string): ChildProcess {
  const source = `import { handOver } from '${here}/hand-over.mjs';
    import { script } from '${here}/script.mjs';
    await script('', () => handOver(process.execPath, ['-e', process.argv[1]], process.env, { service: true }));`;
  return spawn(process.execPath, ['--input-type=module', '-e', source, program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const counting = `
  let asked = 0;
  process.on('SIGTERM', () => { asked++; setTimeout(() => process.exit(10 + asked), 100); });
  setInterval(() => {}, 1000);
  console.log('ready');
`;

describe('a command that hands over', () => {
  test('ends with the exit code of the program', async () => {
    expect(await once(command('process.exit(7)'), 'exit')).toEqual([7, null]);
  });

  test('says by its exit code which signal ended the program', async () => {
    expect(await once(command("process.kill(process.pid, 'SIGKILL')"), 'exit')).toEqual([128 + 9, null]);
  });

  test('asks the program once to end when the request comes twice, as it does through npm', async () => {
    const parent = command(counting);
    await once(createInterface({ input: parent.stdout! }), 'line');
    parent.kill('SIGTERM');
    parent.kill('SIGTERM');
    expect(await once(parent, 'exit')).toEqual([11, null]);
  });
});
