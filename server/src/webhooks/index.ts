// Tells the servers of others what happens in rooms: signed, in order, kept until delivered. Imports rooms/, observe/
// and @parley/agent (its clock-driven waits).
export { newSecret, sign } from './sign.ts';
export * from './webhooks.ts';
