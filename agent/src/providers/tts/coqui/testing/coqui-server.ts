import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderFailure } from '../../../../contracts/index.ts';
import { wavFile } from '../../../wav.ts';
import { piecesFor, type SpeechAsked, type SpeechDouble, type SpeechScript } from '../../testing/scripted-speech.ts';

const STATUS: Partial<Record<ProviderFailure, number>> = { auth: 401, 'rate-limited': 429, 'bad-request': 422 };
const LATENTS = { speaker_embedding: [0.25, -0.5], gpt_cond_latent: [[1, 2, 3]] };

export interface CoquiServerOptions {
  readonly kind: 'tts-server' | 'xtts-streaming-server';
  /** Hz that the model speaks at. */
  readonly rate?: number;
  /** What `/voices` lists. */
  readonly voices?: string;
  /** 0 for any. */
  readonly port?: number;
}

/** Coqui's two servers on localhost, scripted: real HTTP. */
export class CoquiServer implements SpeechDouble {
  script: SpeechScript = { kind: 'speak' };
  readonly asked: SpeechAsked[] = [];
  /** Paths that were asked for, speech included. */
  readonly paths: string[] = [];
  port = 0;
  readonly #options: CoquiServerOptions;
  readonly #server: Server;
  #closing: Promise<void> | undefined;

  private constructor(options: CoquiServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error) => response.destroy(error));
    });
  }

  static async start(options: CoquiServerOptions): Promise<CoquiServer> {
    const server = new CoquiServer(options);
    await new Promise<void>((resolve) => server.#server.listen(options.port ?? 0, '127.0.0.1', resolve));
    server.port = (server.#server.address() as AddressInfo).port;
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  close(): Promise<void> {
    return (this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    }));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    this.paths.push(url.pathname);
    const { kind, voices = 'ljspeech en u' } = this.#options;
    const isXtts = kind === 'xtts-streaming-server';
    if (isXtts && url.pathname === '/studio_speakers')
      return json(response, { 'Claribel Dervla': LATENTS, 'Ana Florence': { ...LATENTS, speaker_embedding: [1] } });
    if (isXtts && url.pathname === '/languages') return json(response, ['en', 'de', 'zh-cn']);
    if (isXtts && url.pathname === '/tts_stream') return this.#speak(JSON.parse(await bodyOf(request)), response);
    if (!isXtts && url.pathname === '/voices') return void response.end(`${voices}\n`);
    if (!isXtts && url.pathname === '/api/tts') return this.#speak(Object.fromEntries(url.searchParams), response);
    response.writeHead(404).end('Not Found');
  }

  async #speak(details: Record<string, unknown>, response: ServerResponse): Promise<void> {
    const ended = new Promise<'answered' | 'hung-up'>((resolve) =>
      response.once('close', () => resolve(response.writableFinished ? 'answered' : 'hung-up')),
    );
    const { script } = this;
    const text = String(details.text);
    this.asked.push({ text, details, ended });
    if (script.kind === 'refuse') return void response.writeHead(STATUS[script.as] ?? 500).end('{"detail":"no"}');
    if (script.kind === 'rubbish') return void response.writeHead(200).end('<html>It works!</html>');
    const { kind, rate = 24_000 } = this.#options;
    const pieces = piecesFor(text, rate);
    const sent = script.kind === 'speak' ? pieces : pieces.slice(0, script.after);
    response.writeHead(200, { 'content-type': 'audio/wav' });
    response.write(kind === 'tts-server' ? wavFile(pieces, rate).subarray(0, 44) : wavFile([], rate));
    for (const piece of sent) response.write(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
    if (script.kind === 'speak') response.end();
    // What was written goes out first: a cut is heard as a cut, not as nothing.
    else if (script.kind === 'break-off') setImmediate(() => response.destroy());
  }
}

function json(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
