import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav, type Wav } from '@parley/agent/testing';

/** What eSpeak NG says on its own, clause by clause as the agent has it spoken: the reference for what a page hears. */
export async function espeak(text: string, voice = 'en-us'): Promise<Wav> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-espeak-'));
  try {
    const file = join(folder, 'speech.wav');
    execFileSync('espeak-ng', ['-v', voice, '-w', file, '--', text]);
    return readWav(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
