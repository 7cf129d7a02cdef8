// Who may come in and what they may do: the secret, join tokens, API keys, the demo's passphrase, and limits by key,
// address and room. Imports observe/.
export * from './access.ts';
export { countedAs, isLoopback, isThisMachine, type Sender, senderOf } from './address.ts';
export * from './addresses.ts';
export type { DemoDoor } from './demo.ts';
export * from './grants.ts';
export { ApiKeys, hashOfKey, type KeptKey, type KeyHolder } from './keys.ts';
export * from './refused.ts';
export { AccessError, SHORTEST_SECRET } from './secret.ts';
export { type JoinPass, JoinTokens, type MintedToken } from './tokens.ts';
export * from './visitors.ts';
