// Gives each room its agent: places sessions on hosts, wires their RTP, relays what they say. Imports rooms/, media/,
// observe/ and @parley/agent.
export * from './hosts.ts';
export * from './seat.ts';
export * from './voices.ts';
