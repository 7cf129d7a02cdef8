import {
  type ConversationNews,
  HEARING_RATE,
  type LineNews,
  type LineOrder,
  type PcmFrame,
} from '../contracts/index.ts';
import type { LeavingVoice } from '../session/leaving-voice.ts';
import type { PcmEar } from '../session/pcm-ear.ts';
import type { Session } from '../session/session.ts';
import type { Line } from './line.ts';
import { TrackEar } from './track-ear.ts';

interface OpenLine {
  readonly line: Line;
  /** Of its own, or of what comes by RTP. */
  readonly ear: PcmEar | TrackEar;
  readonly tell: (news: LineNews) => void;
}

/** The callers of a conversation who speak and hear by PCM, or are told of it as if they did. */
export class Lines {
  readonly #open = new Map<string, OpenLine>();

  add(callerId: string, line: OpenLine): void {
    this.#open.set(callerId, line);
  }

  remove(callerId: string): void {
    this.#open.delete(callerId);
  }

  /** What the caller sends by RTP; the same where its line is opened anew. */
  trackOf(callerId: string): TrackEar {
    const ear = this.#open.get(callerId)?.ear;
    return ear instanceof TrackEar ? ear : new TrackEar();
  }

  /** A frame of the agent's voice leaves. */
  readonly say = (voice: LeavingVoice): void => {
    for (const { line } of this.#open.values()) line.say(voice);
  };

  /** A step of the conversation, with where it was in what each caller has sent. */
  readonly tell = (news: ConversationNews): void => {
    for (const { tell, ear } of this.#open.values()) {
      tell('msAgo' in news ? { ...news, atMs: Math.max(0, ear.heardMs - news.msAgo) } : news);
    }
  };

  /** A caller's frame by RTP, as it is to be listened to. */
  listenedTo(callerId: string, frame: PcmFrame): PcmFrame {
    const ear = this.#open.get(callerId)?.ear;
    return ear instanceof TrackEar ? ear.take(frame) : frame;
  }

  /** Does nothing where the caller has no line. */
  order(callerId: string, order: LineOrder, session: Session | undefined): void {
    const open = this.#open.get(callerId);
    if (!open) return;
    const { line, ear, tell } = open;
    switch (order.do) {
      case 'hear':
        if (!(ear instanceof TrackEar)) ear.push(line.heard(order.samples));
        break;
      case 'forget':
        ear.forget();
        break;
      case 'gather':
        if (ear instanceof TrackEar) ear.gather(order.on);
        break;
      case 'recognise':
        if (order.samples) void line.recognise(order.job, order.samples);
        else if (ear instanceof TrackEar) void line.recognise(order.job, ear.gathered(), HEARING_RATE);
        break;
      case 'shorten': {
        const text = session?.shorten(order.reply, order.heardMs);
        tell({ kind: 'shortened', reply: order.reply, ...(text !== undefined && { text }) });
        break;
      }
      case 'write':
        session?.write(order.on);
        break;
      case 'unsay':
        session?.unsay(order.turn, order.who);
        break;
    }
  }
}
