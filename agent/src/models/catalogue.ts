import {
  MOONSHINE_TINY,
  PARAFORMER_ZH_EN,
  SENSE_VOICE,
  WHISPER_BASE,
  WHISPER_TINY,
  ZIPFORMER_EN,
  ZIPFORMER_ZH_EN,
} from './catalogued/asr.ts';
import { QWEN_0_5B, QWEN_1_5B } from './catalogued/llm.ts';
import { KOKORO, PIPER_LJSPEECH, VITS_LJS } from './catalogued/tts.ts';
import { SMART_TURN } from './catalogued/turn.ts';
import type { CatalogueModel } from './model.ts';

/** Of several that are installed for a stage, `auto` takes the first. */
export const CATALOGUE: readonly CatalogueModel[] = [
  ZIPFORMER_EN,
  ZIPFORMER_ZH_EN,
  SENSE_VOICE,
  PARAFORMER_ZH_EN,
  WHISPER_BASE,
  WHISPER_TINY,
  MOONSHINE_TINY,
  KOKORO,
  PIPER_LJSPEECH,
  VITS_LJS,
  QWEN_1_5B,
  QWEN_0_5B,
  SMART_TURN,
];

/**
 * For a conversation without a key (docs/adr/0016): a recogniser that gives words while they are spoken, natural voices,
 * and the smallest language model that makes sense; all in English and Chinese, and free to use for anything.
 */
export const RECOMMENDED: readonly CatalogueModel[] = [ZIPFORMER_ZH_EN, KOKORO, QWEN_1_5B, SMART_TURN];

/** Throws RangeError for a name that is not in the catalogue. */
export function modelNamed(name: string): CatalogueModel {
  const model = CATALOGUE.find((each) => each.name === name);
  if (model) return model;
  throw new RangeError(`there is no model "${name}"; there is ${CATALOGUE.map((each) => each.name).join(', ')}`);
}
