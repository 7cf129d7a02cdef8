/// <reference path="./ambient.d.ts" />
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { OpusError } from './opus-error.ts';

/** What the wasm build of libopus exports; pointers are byte offsets into `memory`. */
interface OpusExports {
  readonly memory: WebAssembly.Memory;
  malloc(bytes: number): number;
  free(pointer: number): void;
  opus_decoder_get_size(channels: number): number;
  opus_decoder_init(state: number, rate: number, channels: number): number;
  opus_decode(state: number, packet: number, length: number, pcm: number, samples: number, fec: number): number;
  opus_encoder_get_size(channels: number): number;
  opus_encoder_init(state: number, rate: number, channels: number, application: number): number;
  opus_encode(state: number, pcm: number, samples: number, packet: number, room: number): number;
  opus_encoder_ctl_set(state: number, request: number, value: number): number;
  _initialize(): void;
}

/** The largest Opus packet that may come, in bytes. */
export const MAX_PACKET_BYTES = 3828;
/** The longest packet at the highest rate: 120 ms at 48 kHz, in samples. */
export const MAX_PACKET_SAMPLES = 5760;

/** libopus' own functions and memory, with one packet buffer and one PCM buffer that all codecs of it share. */
export class OpusWasm {
  readonly exports: OpusExports;
  /** Where packets go in and out. */
  readonly packetPointer: number;
  /** Where PCM goes in and out; even, so that it can be seen as 16-bit samples. */
  readonly pcmPointer: number;
  #bytes: Uint8Array;
  #samples: Int16Array;
  #live = 0;

  private constructor(exports: OpusExports) {
    this.exports = exports;
    this.packetPointer = exports.malloc(MAX_PACKET_BYTES);
    this.pcmPointer = exports.malloc(MAX_PACKET_SAMPLES * 2);
    this.#bytes = new Uint8Array(exports.memory.buffer);
    this.#samples = new Int16Array(exports.memory.buffer);
  }

  static async load(simd: boolean): Promise<OpusWasm> {
    const path = createRequire(import.meta.url).resolve(`@evan/opus/wasm/${simd ? 'simd' : 'opus'}.wasm`);
    const module = await WebAssembly.compile(await readFile(path));
    const nothing = (): number => 0;
    const instance = await WebAssembly.instantiate(module, {
      wasi_snapshot_preview1: { fd_seek: nothing, fd_write: nothing, fd_close: nothing, proc_exit: nothing },
      env: { emscripten_notify_memory_growth: nothing },
    });
    const exports = instance.exports as unknown as OpusExports;
    exports._initialize();
    return new OpusWasm(exports);
  }

  /** Codec states that are not freed. */
  get live(): number {
    return this.#live;
  }

  /** All memory as bytes. Ask each time: a memory that grows leaves old views empty. */
  get bytes(): Uint8Array {
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(this.exports.memory.buffer);
    return this.#bytes;
  }

  /** All memory as 16-bit samples. Ask each time. */
  get samples(): Int16Array {
    if (this.#samples.length === 0) this.#samples = new Int16Array(this.exports.memory.buffer);
    return this.#samples;
  }

  /** Memory for one codec state. Throws OpusError `out-of-memory`. */
  allocate(bytes: number): number {
    const pointer = this.exports.malloc(bytes);
    if (pointer === 0) throw new OpusError('out-of-memory', 'open');
    this.#live++;
    return pointer;
  }

  free(pointer: number): void {
    this.#live--;
    this.exports.free(pointer);
  }
}
