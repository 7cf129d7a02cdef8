// The scenes and the parts that both of their drivers share.
// biome-ignore lint/style/noRestrictedImports: the replayer's other driver
export * from '../../../agent/src/testing/replay/index.ts';
