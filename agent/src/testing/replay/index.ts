// Scripted conversations: who says what when, over what line, and what must come of it. Never imported by the product.
export * from './load-scene.ts';
export * from './scene.ts';
export type * from './schema-engines.ts';
export type * from './schema-expect.ts';
export { type Edge, type Moment, momentText } from './schema-parts.ts';
