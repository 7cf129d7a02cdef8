import { z } from 'zod';
import { type AsrTrouble, type ScriptedRecogniser, STATUS } from './scripted-recogniser.ts';
import { type Connection, SocketServer } from './socket-server.ts';

const transcription = z.strictObject({
  model: z.string(),
  language: z.string().length(2).optional(),
  prompt: z.string().optional(),
  keywords: z.array(z.string()).optional(),
});
const clientEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('session.update'),
    session: z.strictObject({
      type: z.literal('transcription'),
      audio: z.strictObject({
        input: z.strictObject({
          format: z.strictObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000) }),
          transcription,
          turn_detection: z.null(),
        }),
      }),
    }),
  }),
  z.strictObject({ type: z.literal('input_audio_buffer.append'), audio: z.base64() }),
  z.strictObject({ type: z.literal('input_audio_buffer.commit') }),
]);

/** Models that write while they listen. */
const LIVE = /live|realtime/;
const MIN_COMMIT_BYTES = 4800;

/** OpenAI's Realtime API for transcription on localhost, scripted: it hears lengths and says what it is told to. */
export class RealtimeServer implements ScriptedRecogniser {
  words: (ms: number) => string = () => 'these are the words';
  /** An `error` event in place of words. */
  error: object | undefined;
  /** The words fail as this. */
  failure: object | undefined;
  heard = 0;
  waiting = 0;
  readonly complaints: string[] = [];
  /** The wishes of all sessions, in order, and the audio of each item. */
  readonly sessions: z.infer<typeof transcription>[] = [];
  readonly items: Buffer[] = [];
  readonly sockets: SocketServer;
  #trouble: AsrTrouble | undefined;

  private constructor(sockets: SocketServer) {
    this.sockets = sockets;
  }

  static async start(): Promise<RealtimeServer> {
    let server: RealtimeServer | undefined;
    server = new RealtimeServer(await SocketServer.start({ serve: (connection) => server?.serve(connection) }));
    return server;
  }

  /** For `OPENAI_BASE_URL`. */
  get url(): string {
    return `${this.sockets.url.replace(/^ws/, 'http')}/v1`;
  }

  get trouble(): AsrTrouble | undefined {
    return this.#trouble;
  }

  set trouble(trouble: AsrTrouble | undefined) {
    this.#trouble = trouble;
    this.sockets.refusal = trouble && STATUS[trouble];
    // What was opened ahead would not meet the refusal.
    if (this.sockets.refusal) for (const connection of this.sockets.open) connection.breakOff();
  }

  serve(connection: Connection): void {
    const session = new Session(this, connection);
    connection.send({ type: 'session.created', event_id: 'event_0', session: { type: 'transcription' } });
    connection.onMessage = (message) => {
      try {
        session.take(clientEvent.parse(JSON.parse(String(message))));
      } catch (error) {
        this.complaints.push(String(error));
        connection.breakOff();
      }
    };
  }

  close(): Promise<void> {
    return this.sockets.close();
  }
}

class Session {
  readonly #server: RealtimeServer;
  readonly #connection: Connection;
  #model: string | undefined;
  #audio: Buffer[] = [];
  #items = 0;
  #said: string[] = [];
  #waits = false;

  constructor(server: RealtimeServer, connection: Connection) {
    this.#server = server;
    this.#connection = connection;
    void connection.over.then(() => this.#wait(false));
  }

  take(event: z.infer<typeof clientEvent>): void {
    if (event.type === 'session.update') {
      const wish = event.session.audio.input.transcription;
      this.#server.sessions.push(wish);
      this.#model = wish.model;
      this.#connection.send({ type: 'session.updated', event_id: 'event_1', session: event.session });
      if (this.#server.error) this.#connection.send({ type: 'error', event_id: 'e', error: this.#server.error });
    } else if (event.type === 'input_audio_buffer.append') this.#hear(Buffer.from(event.audio, 'base64'));
    else this.#commit();
  }

  get #item(): string {
    return `item_${this.#items}`;
  }

  #hear(audio: Buffer): void {
    if (!this.#model) throw new TypeError('audio before the session was set up');
    this.#wait(true);
    this.#audio.push(audio);
    // A word each quarter of a second.
    const ms = this.#audio.reduce((sum, { length }) => sum + length, 0) / 48;
    const word = this.#server.words(ms).split(' ')[this.#said.length];
    if (LIVE.test(this.#model) && word && ms >= 250 * (this.#said.length + 1)) this.#delta(word);
  }

  #commit(): void {
    const audio = Buffer.concat(this.#audio.splice(0));
    if (audio.length < MIN_COMMIT_BYTES) throw new TypeError(`a commit of ${audio.length} bytes`);
    this.#server.items.push(audio);
    this.#server.heard++;
    this.#send({ type: 'input_audio_buffer.committed', previous_item_id: null });
    const { trouble } = this.#server;
    if (trouble === 'stall') return;
    if (trouble === 'cut') this.#connection.breakOff();
    else if (trouble === 'rubbish') this.#connection.send('{"type": "conversation.it');
    else this.#conclude(this.#server.words(audio.length / 48));
  }

  #conclude(transcript: string): void {
    const type = 'conversation.item.input_audio_transcription';
    const { failure } = this.#server;
    if (failure) {
      this.#send({ type: `${type}.failed`, content_index: 0, error: failure });
      return;
    }
    for (const word of transcript.split(' ').slice(this.#said.length)) this.#delta(word);
    this.#send({ type: `${type}.completed`, content_index: 0, transcript, usage: { type: 'duration', seconds: 1 } });
    this.#wait(false);
    this.#items++;
    this.#said = [];
  }

  #delta(word: string): void {
    const delta = this.#said.length > 0 ? ` ${word}` : word;
    this.#said.push(word);
    this.#send({ type: 'conversation.item.input_audio_transcription.delta', content_index: 0, delta });
  }

  #send(event: object): void {
    this.#connection.send({ event_id: 'event_2', item_id: this.#item, ...event });
  }

  #wait(waits: boolean): void {
    if (waits !== this.#waits) this.#server.waiting += waits ? 1 : -1;
    this.#waits = waits;
  }
}
