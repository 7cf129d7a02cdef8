import type { AgentSeat, RoomAgent } from '../agent-port.ts';

/** An agent that keeps silent and remembers what it was told, in order. */
export interface ScriptedAgent {
  readonly seat: AgentSeat;
  readonly agent: RoomAgent;
  readonly told: string[];
}

export function scriptedAgent(seat: AgentSeat, producerId: string): ScriptedAgent {
  const told: string[] = [];
  const note =
    (what: string) =>
    (...args: unknown[]): void =>
      void told.push([what, ...args.map((arg) => (typeof arg === 'string' ? arg : JSON.stringify(arg)))].join(' '));
  const noted = (what: string) => async (arg: unknown, more?: unknown) => note(what)(arg, ...(more ? [more] : []));
  const agent: RoomAgent = {
    engines: [],
    answers: 'every-turn',
    producerId,
    callerJoined: note('joined'),
    callerProduced: noted('hears'),
    openLine: (callerId) => note('line')(callerId),
    tellLine: note('tell-line'),
    callerLeft: note('left'),
    callerAway: note('away'),
    callerBack: note('back'),
    callerPlaying: note('playing'),
    callerPlayout: note('playout'),
    text: note('text'),
    interrupt: note('interrupt'),
    announce: ({ text }) => note('announce')(text),
    instruct: note('instruct'),
    addMessage: ({ content }) => note('add')(content),
    speakAs: noted('speak-as'),
    ask: note('ask'),
    offerTools: (callerId, tools) => note('tools')(callerId, tools.map(({ name }) => name).join()),
    toolResult: note('tool-result'),
    close: noted('close'),
  };
  return { seat, agent, told };
}
