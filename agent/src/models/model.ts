/** A file of a model, known to the byte. */
export interface ModelFile {
  /** In the model's folder. */
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Where its makers release it, asked before all others but one's own mirror. */
  readonly release?: string;
  readonly huggingFace?: { readonly repo: string; readonly revision: string };
  /** Other places of the same bytes. */
  readonly urls?: readonly string[];
  /** It is an archive (.tar.bz2), whose content takes its place. */
  readonly unpacks?: {
    /** The folder in it that holds all. */
    readonly root: string;
    /** What must have come out of it, among others. */
    readonly holds: readonly string[];
  };
}

/** A model that can be had, and what people want to know before they download it. */
export interface CatalogueModel {
  readonly name: string;
  readonly title: string;
  readonly stage: 'asr' | 'llm' | 'tts' | 'turn';
  /** BCP 47; `mul` for many. */
  readonly languages: readonly string[];
  /** What it is good for, in a few words. */
  readonly does: string;
  /** SPDX; `LicenseRef-` for one that is not in its list. */
  readonly licence: string;
  readonly home: string;
  readonly files: readonly ModelFile[];
}

/** To download. */
export const bytesOf = ({ files }: CatalogueModel): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

type Known = readonly [name: string, bytes: number, sha256: string];

/** Files that lie side by side in one revision of a repository of Hugging Face. */
export function filesOf(repo: string, revision: string, files: readonly Known[]): ModelFile[] {
  return files.map(([name, bytes, sha256]) => ({ name, bytes, sha256, huggingFace: { repo, revision } }));
}

const RELEASES = 'https://github.com/k2-fsa/sherpa-onnx/releases/download';

/** An archive of sherpa-onnx's releases. `holds`: what must have come out of it. */
export function archiveOf(
  release: 'asr-models' | 'tts-models',
  root: string,
  [bytes, sha256]: readonly [number, string],
  holds: readonly string[],
): ModelFile {
  const name = `${root}.tar.bz2`;
  // Its documentation names the same place at ModelScope for recognisers:
  // https://k2-fsa.github.io/sherpa/onnx/funasr-nano/pretrained.html
  const urls =
    release === 'asr-models' ? [`https://modelscope.cn/models/csukuangfj/asr-models/resolve/master/${name}`] : [];
  return { name, bytes, sha256, release: `${RELEASES}/${release}/${name}`, urls, unpacks: { root, holds } };
}
