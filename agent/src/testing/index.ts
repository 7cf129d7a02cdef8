// Scripted doubles for tests and the bench. Never imported by the product.
export * from './manual-clock.ts';
export * from './signal.ts';
export * from './wav.ts';
