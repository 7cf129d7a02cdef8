// Tells our own voice, come back through a caller's microphone, from the caller's. Imports contracts and kernel only.
export { EchoGate, type EchoJudgement } from './echo-gate.ts';
export { EchoVerdict } from './echo-verdict.ts';
export { echoesText, wordsBeside } from './echoes-text.ts';
