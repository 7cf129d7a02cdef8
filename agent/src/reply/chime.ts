/** Two soft notes, a fifth apart; length in ms, level relative to full scale. */
const NOTES_HZ = [523.25, 783.99];
const NOTE_MS = 160;
const LEVEL = 0.08;

/** What is heard where not even a phrase can be spoken: the line is open, the agent is at it. Mono at `rate` Hz. */
export function chime(rate: number): Int16Array {
  const length = Math.round((rate * NOTE_MS) / 1000);
  const samples = new Int16Array(length * NOTES_HZ.length);
  for (const [note, hz] of NOTES_HZ.entries()) {
    for (let i = 0; i < length; i++) {
      const envelope = Math.sin((Math.PI * i) / length) ** 2;
      samples[note * length + i] = Math.round(32767 * LEVEL * envelope * Math.sin((2 * Math.PI * hz * i) / rate));
    }
  }
  return samples;
}
