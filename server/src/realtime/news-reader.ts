import type { AgentEvent, LineNews } from '../rooms/index.ts';
import type { InputAudio } from './input.ts';
import type { Items } from './items.ts';
import type { Send } from './protocol.ts';
import type { Replies } from './replies.ts';

export interface NewsReaderOptions {
  readonly send: Send;
  readonly input: InputAudio;
  readonly replies: Replies;
  readonly items: Items;
}

/** What a client's line and its room tell, for whom it concerns. */
export class NewsReader {
  readonly #options: NewsReaderOptions;
  #failure: string | undefined;

  constructor(options: NewsReaderOptions) {
    this.#options = options;
  }

  line(news: LineNews): void {
    const { input, replies, items } = this.#options;
    switch (news.kind) {
      case 'voice':
        replies.voice(news.samples);
        break;
      case 'voiced':
        replies.voice('by-rtp');
        break;
      case 'turn-opened':
        items.flush();
        replies.floorTaken();
        input.opened(news.turn, news.atMs);
        break;
      case 'turn-taken':
        input.taken(news.turn, news.atMs);
        break;
      case 'turn-dropped':
        input.dropped(news.turn, news.atMs);
        replies.turnDropped();
        break;
      case 'reply-began':
        this.#failure = undefined;
        replies.began(news);
        break;
      case 'wrote':
        replies.wrote(news.reply, news.text);
        break;
      case 'tools-called':
        replies.toolsCalled(news.announced);
        break;
      case 'reply-over':
        replies.over(news.reply, news.status, this.#failure);
        break;
      case 'recognised':
      case 'unrecognised':
        input.recognised(news);
        break;
      case 'shortened':
        replies.shortened(news.text);
        break;
    }
  }

  /** `callerId`: of the client, in its room. */
  agent(event: Exclude<AgentEvent, { type: 'ended' }>, callerId: string): void {
    const { send, input, replies } = this.#options;
    switch (event.type) {
      case 'transcript':
        if (event.callerId === callerId) input.words(event.turn, event.text, event.final);
        break;
      case 'reply-text':
        replies.heard(event.reply, event.text);
        break;
      case 'client-tool-call':
        if (event.callerId === callerId) replies.call(event.call, event.name, event.args);
        break;
      case 'error':
        this.#failure = event.message;
        send({ type: 'error', error: { type: 'server_error', code: event.code, message: event.message } });
        break;
    }
  }
}
