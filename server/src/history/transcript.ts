import type { CallDetails, Said } from './calls.ts';

/** What was said, in the order in which it began. */
export const spoken = ({ turns }: CallDetails): readonly Said[] =>
  turns.flatMap(({ said }) => said).sort((a, b) => a.startedMs - b.startedMs);

/** For people: one line for each that was said. */
export function transcriptText(call: CallDetails): string {
  const lines = spoken(call).map((said) => {
    const cut = said.interrupted ? ' [interrupted]' : '';
    return `[${minutes(said.startedMs)}] ${speakerOf(said, call)}: ${said.text}${cut}\n`;
  });
  return `Call in room ${call.room}, ${call.openedAt}\n\n${lines.join('')}`;
}

/** Callers without a name are numbered where there are several. */
function speakerOf({ speaker, callerId, name }: Said, { callers }: CallDetails): string {
  if (speaker === 'agent') return 'Agent';
  if (name !== undefined) return name;
  const number = callers.findIndex((caller) => caller.callerId === callerId) + 1;
  return callers.length > 1 ? `Caller ${number}` : 'Caller';
}

const two = (value: number): string => String(value).padStart(2, '0');

function minutes(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
