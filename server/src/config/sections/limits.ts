import * as z from 'zod';
import { ms } from './kinds.ts';

export const limits = z.strictObject({
  rooms: z.int().min(1).default(200).describe('Rooms at the same time.'),
  callersPerRoom: z.int().min(1).max(64).default(8).describe('Callers in one room.'),
  emptyRoomMs: ms.default(5000).describe('How long an empty room waits for a caller to come back, in ms.'),
  messageBytes: z.int().min(16_384).max(1_048_576).default(65_536).describe('Longest signaling message, in bytes.'),
  requestsPerSecond: z.number().min(1).default(20).describe('Requests a second of one connection, on average.'),
  requestBurst: z.int().min(20).default(60).describe('Requests of one connection at once.'),
});
