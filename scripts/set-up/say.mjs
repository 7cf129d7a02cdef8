// What set-up says. One line for each thing done, and the reason; nothing where nothing is to do.

/** A failure that is explained already: its message is for the user, its stack is not. */
export class SetUpError extends Error {}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`[set-up] ${text}\n`);
}

const quietMs = 15_000;

/**
 * A line that moves: rewritten in place on a terminal, repeated every few seconds in a log.
 * @param {string} label
 */
export function progress(label) {
  const terminal = process.stderr.isTTY;
  let last = terminal ? 0 : Date.now();
  return {
    /** @param {string} state */
    at(state) {
      if (terminal)
        process.stderr.write(`\r\x1b[K[set-up]   ${label} ${state}`.slice(0, process.stderr.columns || 120));
      else if (Date.now() - last >= quietMs) {
        say(`  ${label} ${state}`);
        last = Date.now();
      }
    },
    end() {
      if (terminal) process.stderr.write('\r\x1b[K');
    },
  };
}

/** @param {number} since */
export const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(since > Date.now() - 10_000 ? 1 : 0)} s`;
