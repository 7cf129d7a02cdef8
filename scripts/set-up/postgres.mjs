// PostgreSQL for the tests of the history; they start it themselves, in a folder of their own.

/** @typedef {import('./debian.mjs').Need} Need */

/** @type {Need} */
export const postgresNeed = {
  packages: ['postgresql'],
  reason: 'for the tests of the history on a PostgreSQL server',
  without: 'these tests will be skipped; the embedded database is tested',
};
