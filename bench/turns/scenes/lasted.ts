import { type HeardSpeech, runsIn } from './heard-voice.ts';
import type { SpokenPiece } from './replay.ts';

const FRAME_MS = 20;

/**
 * Replies heard to their end must have lasted as long as the voice made them: what was lost or said twice would be
 * missing or too much. A sentence for each that did not.
 */
export function notAsLong(speeches: readonly HeardSpeech[], pieces: readonly SpokenPiece[]): string[] {
  return speeches.flatMap((speech, i) => {
    if (!speech.end || speech.cut) return [];
    const meantMs = lengthOf(speech.end.text, pieces);
    const heardMs = speech.packets.length * FRAME_MS;
    if (meantMs === undefined || Math.abs(heardMs - meantMs) <= (runsIn(speech) + 1) * FRAME_MS) return [];
    return [`intact: speech ${i + 1} was heard for ${heardMs} ms and lasts ${Math.round(meantMs)}`];
  });
}

/** How long the voice takes for a text of these pieces, in ms; undefined where it has other parts. */
function lengthOf(text: string, pieces: readonly SpokenPiece[]): number | undefined {
  const bare = (each: string): string => each.replace(/\s/g, '');
  const longestFirst = pieces.toSorted((a, b) => b.text.length - a.text.length);
  let rest = bare(text);
  let ms = 0;
  while (rest !== '') {
    const next = longestFirst.find((piece) => rest.startsWith(bare(piece.text)));
    if (!next) return undefined;
    rest = rest.slice(bare(next.text).length);
    ms += next.ms;
  }
  return ms;
}
