import type { Handler } from '../handler.ts';

export const resumeConsumer: Handler<'resume-consumer'> = async ({ consumerId }, visit) => {
  await visit.place.caller.resumeConsumer(consumerId);
  return {};
};
