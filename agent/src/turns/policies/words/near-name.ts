/** Shorter names have too many words next to them: `Ann` and `an`. */
const MIN_LETTERS = 5;
/** From so many letters on a second one may differ. */
const LONG_LETTERS = 8;

/** First sounds that recognisers take for one another: voiced and voiceless, and spellings of one sound. */
const KINDRED = ['pb', 'td', 'kgcq', 'sz', 'fv', 'jg', 'iy', 'mn'];

/** Is this token what a recogniser may have made of the name? The name itself, its plural and possessive are not. */
export function soundsLike(token: string, name: string): boolean {
  if (name.length < MIN_LETTERS || !/^\p{Script=Latin}+$/u.test(token) || token === name) return false;
  if (token === `${name}s` || !kindred(token[0] as string, name[0] as string)) return false;
  const limit = name.length >= LONG_LETTERS ? 2 : 1;
  return Math.abs(token.length - name.length) <= limit && distance(token, name) <= limit;
}

const kindred = (a: string, b: string): boolean =>
  a === b || KINDRED.some((sounds) => sounds.includes(a) && sounds.includes(b));

/** Letters to put in, leave out, replace, or swap with their neighbour. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] as number) + 1, (row[j - 1] as number) + 1, (last[j - 1] as number) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] as number) + 1);
      }
      row.push(least);
    }
    [before, last] = [last, row];
  }
  return last[b.length] as number;
}
