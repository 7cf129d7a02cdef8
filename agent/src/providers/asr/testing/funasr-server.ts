import { z } from 'zod';
import { type AsrTrouble, type ScriptedRecogniser, STATUS } from './scripted-recogniser.ts';
import { type Certificate, type Connection, SocketServer } from './socket-server.ts';

/**
 * Which of FunASR's servers it behaves like. `runtime`: the one of the Docker images; `runtime-offline`: the one for
 * files; `python`: the one in Python; `python-old`: before it marked its last answer.
 */
export type FunAsrKind = 'runtime' | 'runtime-offline' | 'python' | 'python-old';

const start = z.strictObject({
  mode: z.enum(['2pass', 'online', 'offline']),
  chunk_size: z.tuple([z.number(), z.number(), z.number()]),
  chunk_interval: z.number(),
  wav_name: z.string(),
  wav_format: z.literal('pcm'),
  audio_fs: z.literal(16_000),
  is_speaking: z.literal(true),
  itn: z.boolean(),
  svs_lang: z.enum(['zh', 'en', 'ja', 'ko', 'yue']).optional(),
  hotwords: z.string().optional(),
});
const end = z.strictObject({ is_speaking: z.literal(false), is_end: z.literal(true) });

const MESSAGE_BYTES = 16_000 * 2 * 0.06;

/** FunASR's WebSocket protocol on localhost, scripted: it hears lengths and says what it is told to. */
export class FunAsrServer implements ScriptedRecogniser {
  words: (ms: number) => string = () => 'these are the words';
  /** Said piece by piece each 600 ms while the utterance goes on, by modes that do. */
  pieces: readonly string[] = ['these', 'are', 'teh', 'words'];
  kind: FunAsrKind = 'runtime';
  /** Before it says its last words. */
  pace: () => Promise<void> | void = () => {};
  heard = 0;
  waiting = 0;
  readonly complaints: string[] = [];
  readonly sockets: SocketServer;
  #trouble: AsrTrouble | undefined;

  private constructor(sockets: SocketServer) {
    this.sockets = sockets;
  }

  static async start(certificate?: Certificate): Promise<FunAsrServer> {
    let server: FunAsrServer | undefined;
    const serve = (connection: Connection): void => server?.serve(connection);
    server = new FunAsrServer(await SocketServer.start({ serve, certificate }));
    return server;
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
    const hearing = new Hearing(this, connection);
    connection.onMessage = (message) => {
      try {
        hearing.take(message);
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

/** One connection: FunASR's servers hear one utterance over it. */
class Hearing {
  readonly #server: FunAsrServer;
  readonly #connection: Connection;
  #start: z.infer<typeof start> | undefined;
  #bytes = 0;
  #messages = 0;
  #said = 0;
  #short = false;

  constructor(server: FunAsrServer, connection: Connection) {
    this.#server = server;
    this.#connection = connection;
  }

  take(message: string | Buffer): void {
    if (typeof message !== 'string') this.#hear(message);
    else if (!this.#start) {
      this.#start = start.parse(JSON.parse(message));
      this.#server.waiting++;
      void this.#connection.over.then(() => this.#server.waiting--);
    } else {
      end.parse(JSON.parse(message));
      void this.#finish();
    }
  }

  #hear(audio: Buffer): void {
    if (!this.#start) throw new TypeError('audio before the first message');
    if (this.#short || audio.length > MESSAGE_BYTES) throw new TypeError(`a message of ${audio.length} bytes`);
    this.#short = audio.length < MESSAGE_BYTES;
    this.#bytes += audio.length;
    if (++this.#messages % 10 !== 0 || this.#start.mode === 'offline' || this.#server.kind === 'runtime-offline')
      return;
    const text = this.#server.pieces[this.#said];
    if (!text) return;
    this.#said++;
    this.#say({ mode: this.#mode('online'), text, is_final: false });
  }

  async #finish(): Promise<void> {
    this.#server.heard++;
    await this.#server.pace();
    const { words, trouble } = this.#server;
    if (trouble === 'stall') return;
    if (trouble === 'cut') this.#connection.breakOff();
    else if (trouble === 'rubbish') this.#connection.send('{"mode": "2pass-off');
    else this.#conclude(words(this.#bytes / 32));
  }

  #conclude(words: string): void {
    const { kind } = this.#server;
    const isOnline = this.#start?.mode === 'online';
    const text = isOnline ? words.split(' ').slice(this.#said).join(' ') : words;
    if (kind === 'runtime-offline') this.#say({ mode: 'offline', text, is_final: false });
    else if (kind === 'runtime') this.#say({ ...(text && { mode: this.#mode('offline') }), text, is_final: true });
    else if (kind === 'python-old') this.#say({ mode: this.#mode('offline'), text, is_final: false });
    else {
      if (text) this.#say({ mode: this.#mode('offline'), text, is_final: true });
      this.#say({ mode: this.#start?.mode, is_final: true, is_end: true });
    }
  }

  #mode(pass: 'online' | 'offline'): string | undefined {
    if (this.#server.kind === 'runtime') return this.#start?.mode === 'online' ? '2pass-online' : `2pass-${pass}`;
    return this.#start?.mode === '2pass' ? `2pass-${pass}` : this.#start?.mode;
  }

  #say(answer: object): void {
    this.#connection.send({ wav_name: this.#start?.wav_name, ...answer });
  }
}
