// Streamed recognition by OpenAI's Realtime API.
export { OpenAiRealtimeAsr, type OpenAiRealtimeAsrOptions } from './openai-realtime.ts';
