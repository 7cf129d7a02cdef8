// Recognition by a FunASR runtime server.
export { FUNASR_DEFAULTS, FunAsr, type FunAsrOptions } from './funasr.ts';
