import type { ConversationNews, LineNews, LineOrder } from '../contracts/index.ts';
import type { PcmEar } from '../session/pcm-ear.ts';
import type { Session } from '../session/session.ts';
import type { Line } from './line.ts';

interface OpenLine {
  readonly line: Line;
  readonly ear: PcmEar;
  readonly tell: (news: LineNews) => void;
}

/** The callers of a conversation who speak and hear by PCM. */
export class Lines {
  readonly #open = new Map<string, OpenLine>();

  add(callerId: string, line: OpenLine): void {
    this.#open.set(callerId, line);
  }

  remove(callerId: string): void {
    this.#open.delete(callerId);
  }

  /** A frame of the agent's voice leaves. */
  readonly say = (frame: Int16Array, rate: number): void => {
    for (const { line } of this.#open.values()) line.say(frame, rate);
  };

  /** A step of the conversation, with where it was in what each caller has sent. */
  readonly tell = (news: ConversationNews): void => {
    for (const { tell, ear } of this.#open.values()) {
      tell('msAgo' in news ? { ...news, atMs: Math.max(0, ear.heardMs - news.msAgo) } : news);
    }
  };

  /** Does nothing where the caller has no line. */
  order(callerId: string, order: LineOrder, session: Session | undefined): void {
    const open = this.#open.get(callerId);
    if (!open) return;
    switch (order.do) {
      case 'hear':
        open.ear.push(open.line.heard(order.samples));
        break;
      case 'forget':
        open.ear.forget();
        break;
      case 'recognise':
        void open.line.recognise(order.job, order.samples);
        break;
      case 'shorten': {
        const text = session?.shorten(order.reply, order.heardMs);
        open.tell({ kind: 'shortened', reply: order.reply, ...(text !== undefined && { text }) });
        break;
      }
      case 'unsay':
        session?.unsay(order.turn, order.who);
        break;
    }
  }
}
