// Models that tell from sound whether a caller has finished. Imports contracts and kernel, and onnxruntime-node.
export { NEUTRAL, SmartTurn, type SmartTurnOptions } from './smart-turn.ts';
