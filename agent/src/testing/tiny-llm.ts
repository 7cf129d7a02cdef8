import { writeFileSync } from 'node:fs';

/** GGUF's numbers for the types of values. */
const U32 = 4;
const F32 = 6;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
/** Kinds of tokens. */
const NORMAL = 1;
const UNKNOWN = 2;
const CONTROL = 3;
const BYTE = 6;

const WIDTH = 64;
const ALIGNMENT = 32;
const START = '<|im_start|>';
const END = '<|im_end|>';
const TEMPLATE =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

type Value =
  | readonly [type: typeof U32 | typeof F32, value: number]
  | readonly [type: typeof BOOL, value: boolean]
  | readonly [type: typeof STRING, value: string]
  | readonly [type: typeof ARRAY, of: number, values: readonly (number | string)[]];

/**
 * Writes a language model of 250 kB that llama.cpp runs like any other: one layer of the Llama kind that does nothing,
 * between an embedding and an output that make each token follow another. It says `words`, whatever it is asked, each
 * of which must differ from the others; with `endless` from the start again and again.
 */
export function writeTinyLlm(path: string, words: readonly string[], { endless = false } = {}): void {
  const tokens = ['<unk>', START, END, ...Array.from({ length: 256 }, (_, byte) => byteToken(byte)), ...words];
  const kinds = tokens.map((token, id) => (id === 0 ? UNKNOWN : id < 3 ? CONTROL : byteOf(token) ? BYTE : NORMAL));
  const idOf = (token: string): number => tokens.indexOf(token);
  const spoken = [byteToken(10), ...words];
  const follows = spoken.map((token, i) => [idOf(token), idOf(spoken[i + 1] ?? (endless ? (words[0] ?? END) : END))]);

  const values: Readonly<Record<string, Value>> = {
    'general.architecture': [STRING, 'llama'],
    'general.name': [STRING, 'tiny'],
    'general.alignment': [U32, ALIGNMENT],
    'llama.block_count': [U32, 1],
    'llama.context_length': [U32, 4096],
    'llama.embedding_length': [U32, WIDTH],
    'llama.feed_forward_length': [U32, WIDTH],
    'llama.attention.head_count': [U32, 2],
    'llama.attention.head_count_kv': [U32, 2],
    'llama.attention.layer_norm_rms_epsilon': [F32, 1e-5],
    'llama.rope.dimension_count': [U32, WIDTH / 2],
    'llama.vocab_size': [U32, tokens.length],
    'tokenizer.ggml.model': [STRING, 'llama'],
    'tokenizer.ggml.tokens': [ARRAY, STRING, tokens.map((token) => token.replaceAll(' ', '▁'))],
    'tokenizer.ggml.scores': [ARRAY, F32, tokens.map(() => 0)],
    'tokenizer.ggml.token_type': [ARRAY, U32 + 1, kinds],
    'tokenizer.ggml.bos_token_id': [U32, idOf(START)],
    'tokenizer.ggml.eos_token_id': [U32, idOf(END)],
    'tokenizer.ggml.unknown_token_id': [U32, 0],
    'tokenizer.ggml.add_bos_token': [BOOL, false],
    'tokenizer.ggml.add_space_prefix': [BOOL, false],
    'tokenizer.chat_template': [STRING, TEMPLATE],
  };
  const embedding = signs(WIDTH * tokens.length);
  const output = new Float32Array(WIDTH * tokens.length);
  for (const [from = 0, to = 0] of follows)
    for (let i = 0; i < WIDTH; i++) output[to * WIDTH + i]! += embedding[from * WIDTH + i] as number;
  const nothing = new Float32Array(WIDTH * WIDTH);
  const ones = new Float32Array(WIDTH).fill(1);
  writeFileSync(
    path,
    gguf(values, [
      ['token_embd.weight', [WIDTH, tokens.length], embedding],
      ['blk.0.attn_norm.weight', [WIDTH], ones],
      ...['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'].map(
        (name): Tensor => [`blk.0.${name}.weight`, [WIDTH, WIDTH], nothing],
      ),
      ['blk.0.ffn_norm.weight', [WIDTH], ones],
      ['output_norm.weight', [WIDTH], ones],
      ['output.weight', [WIDTH, tokens.length], output],
    ]),
  );
}

const byteToken = (byte: number): string => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
const byteOf = (token: string): boolean => /^<0x[0-9A-F]{2}>$/.test(token);

/** 1 and -1, in an order that looks like none but is always the same: vectors that have little to do with each other. */
function signs(length: number): Float32Array {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 31 ? 1 : -1;
  });
}

type Tensor = readonly [name: string, shape: readonly number[], data: Float32Array];

/** https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
function gguf(values: Readonly<Record<string, Value>>, tensors: readonly Tensor[]): Buffer {
  const out: Buffer[] = [];
  const u32 = (value: number): void => void out.push(Buffer.from(Uint32Array.of(value).buffer));
  const u64 = (value: number): void => void out.push(Buffer.from(BigUint64Array.of(BigInt(value)).buffer));
  const f32 = (value: number): void => void out.push(Buffer.from(Float32Array.of(value).buffer));
  const text = (value: string): void => {
    u64(Buffer.byteLength(value));
    out.push(Buffer.from(value));
  };
  out.push(Buffer.from('GGUF'));
  u32(3);
  u64(tensors.length);
  u64(Object.keys(values).length);
  for (const [key, value] of Object.entries(values)) {
    text(key);
    u32(value[0]);
    if (value[0] === ARRAY) {
      u32(value[1]);
      u64(value[2].length);
      for (const each of value[2]) {
        if (typeof each === 'string') text(each);
        else if (value[1] === F32) f32(each);
        else u32(each);
      }
    } else if (value[0] === STRING) text(value[1]);
    else if (value[0] === BOOL) out.push(Buffer.of(value[1] ? 1 : 0));
    else if (value[0] === F32) f32(value[1]);
    else u32(value[1]);
  }
  let offset = 0;
  for (const [name, shape, { byteLength }] of tensors) {
    text(name);
    u32(shape.length);
    for (const size of shape) u64(size);
    u32(0); // 32-bit floats
    u64(offset);
    offset += byteLength; // all are multiples of the alignment
  }
  const head = Buffer.concat(out);
  const padding = Buffer.alloc((ALIGNMENT - (head.length % ALIGNMENT)) % ALIGNMENT);
  return Buffer.concat([head, padding, ...tensors.map(([, , { buffer }]) => Buffer.from(buffer))]);
}
