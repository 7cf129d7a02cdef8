declare module '@echogarden/speex-resampler-wasm' {
  /** Emscripten's factory: loads the wasm beside it. */
  const create: () => Promise<unknown>;
  export default create;
}

declare module '@echogarden/speex-resampler-wasm/simd' {
  const create: () => Promise<unknown>;
  export default create;
}

/** The part of WebAssembly that is used here: Node's types leave it to the DOM's. */
declare namespace WebAssembly {
  type Module = object;
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  interface Instance {
    readonly exports: unknown;
  }
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
  function instantiate(module: Module, imports: Record<string, Record<string, () => number>>): Promise<Instance>;
}
