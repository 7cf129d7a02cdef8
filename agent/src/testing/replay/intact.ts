import type { SpokenRecord } from './scene-mouth.ts';
import type { SceneTts } from './scene-tts.ts';

/** What was heard must be what was written, and that must be what was synthesised, piece by piece. */
export function brokenIn({ heard, written }: SpokenRecord, number: number, tts: SceneTts): string[] {
  const faults: string[] = [];
  const [said, wrote] = [joined(heard), joined(written)];
  for (let i = 0; i < said.length; i++) {
    if (said[i] === (wrote[i] ?? 0)) continue;
    faults.push(`intact: speech ${number} is not what was written from ${Math.round(i / 24)} ms on`);
    break;
  }
  let open: { piece: number; next: number; of: number } | undefined;
  for (const chunk of written) {
    const origin = tts.originOf(chunk);
    if (!origin) continue;
    const { piece, offset, of } = origin;
    const goesOn = open?.piece === piece ? offset === open.next : offset === 0 && (!open || open.next === open.of);
    if (!goesOn) faults.push(`intact: speech ${number} has ${offset / 24} ms of piece ${piece} out of its order`);
    open = { piece, next: offset + chunk.length, of };
  }
  return faults;
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
