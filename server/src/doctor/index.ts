// What may keep calls from working, and what to do about it. Imports config/, media/, observe/ and @parley/agent.
export * from './examine.ts';
export * from './finding.ts';
export * from './print.ts';
