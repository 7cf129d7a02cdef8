import type { FastifyReply } from 'fastify';
import { Refusal, type RefusalCode, type Registry, type Room } from '../rooms/index.ts';
import { problemResponse, sendProblem } from './problem.ts';

const STATUS: Readonly<Record<RefusalCode, number>> = {
  'bad-message': 400,
  'not-found': 404,
  'wrong-state': 409,
  'room-full': 409,
  'not-resumable': 409,
  unsupported: 422,
  unavailable: 503,
  'shutting-down': 503,
};

/** What is done in a room that is gone, for the OpenAPI document. */
export const goneResponses = {
  404: problemResponse('There is no such room'),
  409: problemResponse('The room is over'),
};

/** Answers with what a room refuses; throws anything else. */
export function answerRefusal(reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof Refusal)) throw error;
  return sendProblem(reply, STATUS[error.code], error.message);
}

/** The room; where there is none that is open, undefined, and the answer is given. */
export function openRoom(reply: FastifyReply, rooms: Registry, name: string): Room | undefined {
  const room = rooms.find(name);
  if (room && !room.closed) return room;
  if (room || rooms.isOver(name)) void sendProblem(reply, 409, 'This room is over.');
  else void sendProblem(reply, 404, 'There is no such room.');
  return undefined;
}
