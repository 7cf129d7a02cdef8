import type { AddedMessage, LineOrder } from '../rooms/index.ts';
import { decodeAudio, msOf } from './audio.ts';
import type { ClientEventOf, NewItem } from './client-events.ts';
import type { Conversation, Entry } from './conversation.ts';
import type { InputAudio } from './input.ts';
import { freshId, type Item, RealtimeError, type Send } from './protocol.ts';
import type { Replies } from './replies.ts';
import type { SessionConfig } from './session-config.ts';

export interface ItemsOptions {
  readonly send: Send;
  readonly conversation: Conversation;
  readonly config: () => SessionConfig;
  readonly input: InputAudio;
  readonly replies: Replies;
  readonly tell: (order: LineOrder) => void;
  /** Into what the agent knows. */
  readonly add: (message: AddedMessage) => void;
}

/** What clients put into the conversation, and take out of it. */
export class Items {
  readonly #options: ItemsOptions;

  constructor(options: ItemsOptions) {
    this.#options = options;
  }

  create({ item: given, previous_item_id: after }: ClientEventOf<'conversation.item.create'>): void {
    const { send, conversation, config, input, replies, add } = this.#options;
    if (given.type === 'function_call_output') replies.assertCalled(given.call_id);
    const item = { ...given, id: given.id ?? freshId('item'), object: 'realtime.item', status: 'completed' } as Item & {
      id: string;
    };
    const entry: Entry = { item };
    const { format } = config().audio.input;
    const recording = recordingOf(given);
    const samples = recording === undefined ? undefined : decodeAudio(recording, format);
    const before = conversation.add(entry, after);
    send({ type: 'conversation.item.added', item, previous_item_id: before });
    send({ type: 'conversation.item.done', item, previous_item_id: before });
    if (given.type === 'function_call_output') replies.output(given.call_id, given.output);
    else if (samples) input.recognise(entry, samples, msOf(samples.length, format));
    else if (given.role === 'user') entry.pending = textOf(given);
    else {
      // What waits for a response goes before.
      this.flush();
      add({ role: given.role, content: textOf(given) });
    }
  }

  delete(id: string): void {
    const { send, conversation, tell } = this.#options;
    const { turn, pending, item } = conversation.get(id);
    const by = item.type === 'message' ? item.role : undefined;
    if (turn !== undefined && by !== undefined)
      tell({ do: 'unsay', turn, who: by === 'assistant' ? 'agent' : 'caller' });
    else if (pending === undefined) {
      const message = 'the agent knows this item already and does not forget it';
      throw new RealtimeError('unsupported_value', message, 'item_id');
    }
    conversation.delete(id);
    send({ type: 'conversation.item.deleted', item_id: id });
  }

  /** What was written and waits for a response becomes known without one: something else is said before. */
  flush(): void {
    for (const entry of this.#options.conversation.pending) {
      const { pending: content = '' } = entry;
      if (content === '') continue;
      delete entry.pending;
      this.#options.add({ role: 'user', content });
    }
  }
}

/** The audio of a message that comes as such. */
const recordingOf = (item: NewItem): string | undefined => {
  if (item.type !== 'message' || item.role !== 'user') return undefined;
  const part = item.content.find((each) => each.type === 'input_audio' && !each.transcript);
  return part?.type === 'input_audio' ? part.audio : undefined;
};

const textOf = (item: Extract<NewItem, { type: 'message' }>): string =>
  item.content
    .map((part) => ('text' in part ? part.text : 'transcript' in part ? part.transcript : '') ?? '')
    .join('\n')
    .trim();
