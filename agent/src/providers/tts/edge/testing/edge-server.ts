import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { OpusLibrary } from '../../../../codec/index.ts';
import type { ProviderFailure } from '../../../../contracts/index.ts';
import { unescapeXml } from '../../prosody-ssml.ts';
import {
  piecesFor,
  SPOKEN_MS,
  type SpeechAsked,
  type SpeechDouble,
  type SpeechScript,
} from '../../testing/scripted-speech.ts';
import { timeWords } from '../../word-times.ts';
import { credentials } from '../wire.ts';
import { webmOpus } from './webm.ts';

const RATE = 24_000;
const TICKS_PER_MS = 10_000;
/** Refusals at the door; the others come after the text, as they do at Microsoft's. */
const STATUS: Partial<Record<ProviderFailure, string>> = {
  auth: '403 Forbidden',
  'rate-limited': '429 Too Many Requests',
  unavailable: '503 Service Unavailable',
};
const VOICES = [
  {
    Name: 'x',
    ShortName: 'en-US-AriaNeural',
    FriendlyName: 'Microsoft Aria',
    Locale: 'en-US',
    Gender: 'Female',
    Status: 'GA',
  },
  {
    Name: 'y',
    ShortName: 'zh-CN-YunxiNeural',
    FriendlyName: 'Microsoft Yunxi',
    Locale: 'zh-CN',
    Gender: 'Male',
    Status: 'GA',
  },
];

/** The service behind Edge's "read aloud" on localhost, scripted: a real WebSocket and the messages of the original. */
export class EdgeServer implements SpeechDouble {
  script: SpeechScript = { kind: 'speak' };
  readonly asked: SpeechAsked[] = [];
  /** Connections that were let in. */
  connections = 0;
  /** Time of day at the service, in ms. */
  now: () => number = Date.now;
  readonly #opus: OpusLibrary;
  readonly #sockets = new WebSocketServer({ noServer: true });
  readonly #server: Server;
  #port = 0;
  #closing: Promise<void> | undefined;

  private constructor(opus: OpusLibrary) {
    this.#opus = opus;
    this.#server = createServer((request, response) => this.#list(request, response));
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  static async start(): Promise<EdgeServer> {
    const double = new EdgeServer(await OpusLibrary.load());
    await new Promise<void>((resolve) => double.#server.listen(0, '127.0.0.1', resolve));
    double.#port = (double.#server.address() as AddressInfo).port;
    return double;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/readaloud`;
  }

  /** Drops every connection that is open. */
  drop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  close(): Promise<void> {
    return (this.#closing ??= new Promise((resolve) => {
      this.drop();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    }));
  }

  #list(request: IncomingMessage, response: ServerResponse): void {
    if (!request.url?.startsWith('/readaloud/voices/list?')) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(VOICES));
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const refused = this.script.kind === 'refuse' ? STATUS[this.script.as] : undefined;
    const token = searchParams.get('Sec-MS-GEC');
    const isOurs = pathname === '/readaloud/edge/v1' && token === credentials(this.now()).get('Sec-MS-GEC');
    if (refused || !isOurs) {
      const date = new Date(this.now()).toUTCString();
      socket.end(
        `HTTP/1.1 ${refused ?? STATUS.auth}\r\nDate: ${date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      this.connections++;
      let config: unknown;
      client.on('message', (data) => {
        const [headers = '', body = ''] = data.toString().split(/\r\n\r\n(.*)/s);
        if (headers.includes('Path:speech.config')) config = JSON.parse(body);
        else this.#speak(client, /X-RequestId:(\w+)/.exec(headers)?.[1] ?? '', body, { config });
      });
    });
  }

  #speak(socket: WebSocket, id: string, ssml: string, details: Record<string, unknown>): void {
    const ended = Promise.withResolvers<'answered' | 'hung-up'>();
    socket.once('close', () => ended.resolve('hung-up'));
    const text = unescapeXml(ssml.replace(/<[^>]*>/g, ''));
    this.asked.push({ text, details: { ...details, ssml }, ended: ended.promise });
    const { script } = this;
    const say = (path: string, body: object): void =>
      socket.send(
        `X-RequestId:${id}\r\nContent-Type:application/json; charset=utf-8\r\nPath:${path}\r\n\r\n${JSON.stringify(body)}`,
      );
    if (script.kind === 'refuse') return void socket.close(1007, 'Unsupported voice');
    if (script.kind === 'rubbish') return void socket.send('rubbish');
    if (script.kind === 'stall' && script.after === 0) return;
    if (script.kind === 'break-off' && script.after === 0) return void socket.terminate();
    say('turn.start', { context: {} });
    say('response', { context: {}, audio: { type: 'inline' } });
    say('audio.metadata', { Metadata: timeWords(text, SPOKEN_MS).map(asBoundary) });
    const pieces = webmOpus(this.#opus, piecesFor(text, RATE));
    const head = Buffer.from(`X-RequestId:${id}\r\nContent-Type:audio/webm; codec=opus\r\nPath:audio\r\n`);
    for (const piece of script.kind === 'speak' ? pieces : pieces.slice(0, script.after))
      socket.send(Buffer.concat([Buffer.of(head.length >> 8, head.length & 0xff), head, piece]));
    if (script.kind === 'stall') return;
    // What was said goes out first: a cut is heard as a cut, not as nothing.
    if (script.kind === 'break-off') return void setImmediate(() => socket.terminate());
    say('turn.end', {});
    ended.resolve('answered');
  }
}

const asBoundary = ({ text, atMs }: { text: string; atMs: number }): object => ({
  Type: 'WordBoundary',
  Data: {
    Offset: atMs * TICKS_PER_MS,
    Duration: 1_000_000,
    text: { Text: text.replaceAll('&', '&amp;'), Length: text.length, BoundaryType: 'WordBoundary' },
  },
});
