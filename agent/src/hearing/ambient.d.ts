declare module '@echogarden/fvad-wasm' {
  /** Emscripten's factory: loads the wasm beside it. */
  const create: () => Promise<unknown>;
  export default create;
}
