// Streamed recognition by OpenAI's Realtime API.
export { OpenAiRealtimeAsr, type OpenAiRealtimeAsrOptions, REALTIME_ASR_DEFAULTS } from './openai-realtime.ts';
