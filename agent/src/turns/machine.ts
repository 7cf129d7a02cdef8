/**
 * Who has the floor. `turn` numbers what callers say, `reply` what the agent answers; both count from 1.
 * `guess` is a reply that was started before the turn was over, and is not heard until it is.
 */
export type TurnState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'hearing'; readonly turn: number; readonly guess?: number }
  | { readonly kind: 'deciding'; readonly turn: number; readonly guess?: number }
  | { readonly kind: 'thinking'; readonly turn: number; readonly reply: number }
  | { readonly kind: 'speaking'; readonly turn: number; readonly reply: number }
  /** Somebody speaks over the agent, which goes on more softly... */
  | { readonly kind: 'overlapped'; readonly turn: number; readonly reply: number }
  /** ...or has stopped, and can go on where it was; `unheard`: it has not begun yet. */
  | {
      readonly kind: 'held';
      readonly turn: number;
      readonly reply: number;
      readonly unheard?: true;
      /** What is said over it began too soon to be said to it. */
      readonly early?: true;
    }
  | { readonly kind: 'closed' };

export type TurnEvent =
  /** `early`: it began before the agent's voice could be heard. */
  | { readonly type: 'speech-start'; readonly early?: true }
  | { readonly type: 'speech-end' }
  /** The words so far look like a whole turn: an answer may be prepared. */
  | { readonly type: 'words-stable' }
  /** They were not: more was said, or they read differently now. */
  | { readonly type: 'words-changed' }
  /** The endpointing policy is sure and all transcripts are in; `unanswered`: the words were not for the agent. */
  | { readonly type: 'turn-complete'; readonly hasWords: boolean; readonly unanswered?: true }
  /** Overlapping speech lasts: the agent is to wait and see. */
  | { readonly type: 'overlap-lasts' }
  /** Overlapping speech was long enough, or had words: the agent must yield. */
  | { readonly type: 'floor-taken' }
  /** Overlapping speech came to nothing: a cough, a backchannel. */
  | { readonly type: 'overlap-ended' }
  | { readonly type: 'first-audio'; readonly reply: number }
  | { readonly type: 'reply-ended'; readonly reply: number }
  /** Somebody typed: a complete turn at once. */
  | { readonly type: 'text' }
  /** The agent is to say something of its own accord, if nobody else has the floor. */
  | { readonly type: 'say' }
  | { readonly type: 'interrupt' }
  | { readonly type: 'close' };

export type TurnEffect =
  /** Speech from here on, the utterance under way included, belongs to this turn. */
  | { readonly do: 'open-turn'; readonly turn: number }
  /** Start waiting for the end of the turn. */
  | { readonly do: 'decide'; readonly turn: number }
  | { readonly do: 'cancel-decide' }
  /** The turn had no words: forget it. */
  | { readonly do: 'drop-turn'; readonly turn: number }
  /** The turn is to be remembered, and not answered. */
  | { readonly do: 'keep-turn'; readonly turn: number }
  /** `answers`: the turn's words, or what the agent says of its own accord. */
  | { readonly do: 'start-reply'; readonly turn: number; readonly reply: number; readonly answers: 'turn' | 'say' }
  /** Prepare an answer that may not be heard yet. */
  | { readonly do: 'speculate'; readonly turn: number; readonly reply: number }
  /** The guess was right: it may be heard. */
  | { readonly do: 'adopt-reply'; readonly turn: number; readonly reply: number }
  | { readonly do: 'cancel-reply'; readonly reply: number; readonly reason: 'barge-in' | 'superseded' }
  | { readonly do: 'duck' }
  | { readonly do: 'unduck' }
  | { readonly do: 'hold' }
  | { readonly do: 'resume' }
  /** The overlapping utterance belongs to no turn. */
  | { readonly do: 'drop-overlap' };

export interface TurnMachine {
  readonly state: TurnState;
  readonly turns: number;
  readonly replies: number;
}

export interface Step {
  readonly next: TurnMachine;
  readonly effects: readonly TurnEffect[];
}

export const initialTurns: TurnMachine = { state: { kind: 'idle' }, turns: 0, replies: 0 };

/** The whole of turn-taking. Pure: the same machine and event always give the same step. */
export function step(machine: TurnMachine, event: TurnEvent): Step {
  const { state } = machine;
  if (state.kind === 'closed') return stay(machine);
  if (event.type === 'close') {
    return to(machine, { kind: 'closed' }, [...cancelDecide(state), ...cancelReply(state, 'superseded')]);
  }
  if (event.type === 'text') return takeText(machine);
  switch (state.kind) {
    case 'idle':
      return inIdle(machine, event);
    case 'hearing':
      return event.type === 'speech-end'
        ? to(machine, { ...state, kind: 'deciding' }, [{ do: 'decide', turn: state.turn }])
        : onGuess(machine, state, event);
    case 'deciding':
      return inDeciding(machine, state, event);
    case 'thinking':
      return inThinking(machine, state, event);
    case 'speaking':
      return inSpeaking(machine, state, event);
    case 'overlapped':
    case 'held':
      return inOverlap(machine, state, event);
  }
}

type Listening = Extract<TurnState, { kind: 'hearing' | 'deciding' }>;
type Replying = Extract<TurnState, { reply: number }>;

function inIdle(machine: TurnMachine, event: TurnEvent): Step {
  if (event.type === 'speech-start') return openTurn(machine, []);
  if (event.type === 'say') return startReply({ ...machine, turns: machine.turns + 1 }, 'say', []);
  return stay(machine);
}

function inDeciding(machine: TurnMachine, state: Listening, event: TurnEvent): Step {
  const { turn, guess } = state;
  if (event.type === 'speech-start') {
    return to(machine, { kind: 'hearing', turn }, [{ do: 'cancel-decide' }, ...cancelReply(state, 'superseded')]);
  }
  if (event.type !== 'turn-complete') return onGuess(machine, state, event);
  if (!event.hasWords) {
    return to(machine, { kind: 'idle' }, [...cancelReply(state, 'superseded'), { do: 'drop-turn', turn }]);
  }
  if (event.unanswered) {
    return to(machine, { kind: 'idle' }, [...cancelReply(state, 'superseded'), { do: 'keep-turn', turn }]);
  }
  if (guess === undefined) return startReply(machine, 'turn', []);
  return to(machine, { kind: 'thinking', turn, reply: guess }, [{ do: 'adopt-reply', turn, reply: guess }]);
}

/** At most one guess at a time; it stands or falls with the words it answers. */
function onGuess(machine: TurnMachine, state: Listening, event: TurnEvent): Step {
  const { kind, turn, guess } = state;
  if (guess === undefined) {
    if (event.type !== 'words-stable') return stay(machine);
    const reply = machine.replies + 1;
    return to({ ...machine, replies: reply }, { kind, turn, guess: reply }, [{ do: 'speculate', turn, reply }]);
  }
  if (event.type === 'words-changed') return to(machine, { kind, turn }, cancelReply(state, 'superseded'));
  const failed = event.type === 'reply-ended' && event.reply === guess;
  return failed ? to(machine, { kind, turn }, []) : stay(machine);
}

function inThinking(machine: TurnMachine, state: Replying, event: TurnEvent): Step {
  switch (event.type) {
    case 'speech-start':
      // A cough must not cost the answer that is on its way: it waits, unheard, until it is clear what this is.
      return to(machine, { ...state, kind: 'held', unheard: true }, [{ do: 'hold' }]);
    case 'first-audio':
      return event.reply === state.reply ? to(machine, { ...state, kind: 'speaking' }, []) : stay(machine);
    default:
      return whileReplying(machine, state, event);
  }
}

function inSpeaking(machine: TurnMachine, state: Replying, event: TurnEvent): Step {
  if (event.type === 'speech-start') {
    return event.early
      ? to(machine, { ...state, kind: 'held', early: true }, [{ do: 'hold' }])
      : to(machine, { ...state, kind: 'overlapped' }, [{ do: 'duck' }]);
  }
  return whileReplying(machine, state, event);
}

/** How a reply ends while nobody speaks over it. */
function whileReplying(machine: TurnMachine, state: Replying, event: TurnEvent): Step {
  switch (event.type) {
    case 'reply-ended':
      return event.reply === state.reply ? to(machine, { kind: 'idle' }, []) : stay(machine);
    case 'interrupt':
      return to(machine, { kind: 'idle' }, cancelReply(state, 'barge-in'));
    default:
      return stay(machine);
  }
}

function inOverlap(machine: TurnMachine, state: Replying, event: TurnEvent): Step {
  switch (event.type) {
    case 'overlap-lasts':
      return state.kind === 'held' ? stay(machine) : to(machine, { ...state, kind: 'held' }, [{ do: 'hold' }]);
    case 'overlap-ended':
      return to(machine, goesOn(state), [{ do: 'drop-overlap' }, ...giveVoiceBack(state)]);
    case 'floor-taken':
    case 'interrupt':
      return yieldFloor(machine, state, cancelReply(state, joins(state) ? 'superseded' : 'barge-in'));
    case 'reply-ended':
      return event.reply === state.reply ? yieldFloor(machine, state, []) : stay(machine);
    default:
      return stay(machine);
  }
}

/** What was said over the agent is the next turn; what was not said to it joins the turn that it answers. */
function yieldFloor(machine: TurnMachine, state: Replying, effects: readonly TurnEffect[]): Step {
  const all = [...effects, ...giveVoiceBack(state)];
  if (!joins(state)) return openTurn(machine, all);
  const { turn } = state;
  return to(machine, { kind: 'hearing', turn }, [...all, { do: 'open-turn', turn }]);
}

const isUnheard = (state: Replying): boolean => state.kind === 'held' && state.unheard === true;

const joins = (state: Replying): boolean => isUnheard(state) || (state.kind === 'held' && state.early === true);

const goesOn = (state: Replying): TurnState => {
  const { turn, reply } = state;
  return { kind: isUnheard(state) ? 'thinking' : 'speaking', turn, reply };
};

/** Typed words join a turn that is being heard; otherwise they are a turn of their own. Either way they are final. */
function takeText(machine: TurnMachine): Step {
  const { state } = machine;
  const effects = [...cancelDecide(state), ...cancelReply(state, 'barge-in')];
  if (state.kind === 'overlapped' || state.kind === 'held') {
    effects.push({ do: 'drop-overlap' }, ...giveVoiceBack(state));
  }
  if (state.kind === 'hearing' || state.kind === 'deciding') return startReply(machine, 'turn', effects);
  const turn = machine.turns + 1;
  return startReply({ ...machine, turns: turn }, 'turn', [...effects, { do: 'open-turn', turn }]);
}

function openTurn(machine: TurnMachine, effects: readonly TurnEffect[]): Step {
  const turn = machine.turns + 1;
  return to({ ...machine, turns: turn }, { kind: 'hearing', turn }, [...effects, { do: 'open-turn', turn }]);
}

function startReply(machine: TurnMachine, answers: 'turn' | 'say', effects: readonly TurnEffect[]): Step {
  const turn = machine.turns;
  const reply = machine.replies + 1;
  return to({ ...machine, replies: reply }, { kind: 'thinking', turn, reply }, [
    ...effects,
    { do: 'start-reply', turn, reply, answers },
  ]);
}

const cancelDecide = (state: TurnState): TurnEffect[] => (state.kind === 'deciding' ? [{ do: 'cancel-decide' }] : []);

const cancelReply = (state: TurnState, reason: 'barge-in' | 'superseded'): TurnEffect[] => {
  if ('reply' in state) return [{ do: 'cancel-reply', reply: state.reply, reason }];
  const guess = 'guess' in state ? state.guess : undefined;
  return guess === undefined ? [] : [{ do: 'cancel-reply', reply: guess, reason: 'superseded' }];
};

const giveVoiceBack = (state: TurnState): TurnEffect[] =>
  state.kind === 'held' ? [{ do: 'resume' }, { do: 'unduck' }] : [{ do: 'unduck' }];

const to = (machine: TurnMachine, state: TurnState, effects: readonly TurnEffect[]): Step => ({
  next: { ...machine, state },
  effects,
});

const stay = (machine: TurnMachine): Step => ({ next: machine, effects: [] });
