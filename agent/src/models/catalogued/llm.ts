import type { CatalogueModel } from '../model.ts';

/**
 * Language models for llama.cpp, as their makers release them on Hugging Face, whose pages name licence and files. Size,
 * checksum and revision are those that public projects pin and agree on; docs/engines-models.md names sources. None was
 * downloaded to try.
 */
const qwen = (
  size: '1.5B' | '0.5B',
  does: string,
  revision: string,
  [bytes, sha256]: readonly [number, string],
): CatalogueModel => {
  const repo = `Qwen/Qwen2.5-${size}-Instruct-GGUF`;
  const name = `qwen2.5-${size.toLowerCase()}-instruct-q4_k_m.gguf`;
  return {
    name: `qwen2.5-${size.toLowerCase()}`,
    title: `Qwen2.5 ${size} Instruct, Q4_K_M`,
    stage: 'llm',
    languages: ['mul'],
    does,
    licence: 'Apache-2.0',
    home: `https://huggingface.co/${repo}`,
    files: [
      {
        name,
        bytes,
        sha256,
        huggingFace: { repo, revision },
        // Its makers release it here as well, under the same name.
        urls: [`https://modelscope.cn/models/${repo}/resolve/master/${name}`],
      },
    ],
  };
};

export const QWEN_1_5B = qwen('1.5B', 'small talk and simple questions', '91cad51170dc346986eccefdc2dd33a9da36ead9', [
  1_117_320_736,
  '6a1a2eb6d15622bf3c96857206351ba97e1af16c30d7a74ee38970e434e9407e',
]);

export const QWEN_0_5B = qwen('0.5B', 'for weak machines; often wrong', '9217f5db79a29953eb74d5343926648285ec7e67', [
  491_400_032,
  '74a4da8c9fdbcd15bd1f6d01d621410d31c6fc00986f5eb687824e7b93d7a9db',
]);
