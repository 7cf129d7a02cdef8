import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WavStream } from '../providers/wav.ts';
import { oggOpus } from './ogg.ts';
import {
  type ChatAnswer,
  isRefusal,
  type OpenAiRequest,
  type OpenAiScript,
  type Refusal,
  type SpeechAnswer,
  type TranscriptionAnswer,
  type Trouble,
} from './openai-script.ts';
import { sine } from './signal.ts';
import type { Wav } from './wav.ts';

export type * from './openai-script.ts';

const PATHS = ['models', 'chat/completions', 'audio/transcriptions', 'audio/speech'] as const;
const SPEECH_RATE = 24_000;
const MS_PER_CHARACTER = 50;
const ODD_PIECE = 4801;

const DEFAULTS: OpenAiScript = {
  models: ['gpt-4o-mini'],
  chat: () => ({ text: 'This is the answer.' }),
  transcribe: () => ({ text: 'these are the words' }),
  speak: () => ({}),
  pace: () => {},
};

/** OpenAI's API on localhost, scripted: real HTTP, zero delay unless the script waits. Records what it was asked. */
export class OpenAiServer {
  /** Replace parts of it at any time. */
  readonly script: OpenAiScript;
  readonly requests: OpenAiRequest[] = [];
  readonly #server: Server;
  #closing: Promise<void> | undefined;

  private constructor(script: Partial<OpenAiScript>) {
    this.script = { ...DEFAULTS, ...script };
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error) => response.destroy(error));
    });
  }

  static async start(script: Partial<OpenAiScript> = {}): Promise<OpenAiServer> {
    const server = new OpenAiServer(script);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  /** For `OPENAI_BASE_URL`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  /** The requests to one path, in order. */
  to(path: OpenAiRequest['path']): OpenAiRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  close(): Promise<void> {
    return (this.#closing ??= new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    }));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const hangUp = new AbortController();
    const ended = new Promise<'answered' | 'hung-up'>((resolve) => {
      response.once('close', () => {
        if (!response.writableFinished) hangUp.abort();
        resolve(response.writableFinished ? 'answered' : 'hung-up');
      });
    });
    const path = PATHS.find((known) => incoming.url === `/v1/${known}`);
    if (!path) return refuse(response, { status: 404, message: `no such path: ${incoming.url}` });
    const sent = await read(incoming);
    const key = incoming.headers.authorization?.replace(/^Bearer /, '');
    const index = this.to(path).length;
    const request: OpenAiRequest = { path, key, index, signal: hangUp.signal, ended, ...sent };
    this.requests.push(request);
    const answering = new Answering(request, response, (piece) => this.script.pace(request, piece));
    if (path === 'models') return answering.models(this.script.models);
    const answer = await this.#ask(path, request);
    if (isRefusal(answer)) return refuse(response, answer);
    if (path === 'chat/completions') return answering.chat(answer as ChatAnswer);
    if (path === 'audio/speech') return answering.speech(answer as SpeechAnswer);
    return answering.transcription(answer as TranscriptionAnswer);
  }

  async #ask(path: Exclude<OpenAiRequest['path'], 'models'>, request: OpenAiRequest): Promise<object> {
    const { chat, speak, transcribe } = this.script;
    return await { 'chat/completions': chat, 'audio/speech': speak, 'audio/transcriptions': transcribe }[path](request);
  }
}

/** One request's answer on its way. */
class Answering {
  readonly #request: OpenAiRequest;
  readonly #response: ServerResponse;
  readonly #pace: (piece: number) => Promise<void> | void;

  constructor(request: OpenAiRequest, response: ServerResponse, pace: (piece: number) => Promise<void> | void) {
    this.#request = request;
    this.#response = response;
    this.#pace = pace;
  }

  models(names: readonly string[]): void {
    const data = names.map((id) => ({ id, object: 'model', created: 0, owned_by: 'parley' }));
    json(this.#response, 200, { object: 'list', data });
  }

  chat(answer: ChatAnswer): Promise<void> {
    const { text = '', reasoning = [], toolCalls = [], usage = { input: 12, output: 7 } } = answer;
    const deltas: object[] = [
      { role: 'assistant', content: '' },
      ...reasoning.map((reasoning_content) => ({ reasoning_content })),
      ...(typeof text === 'string' ? text.split(/(?<=\s)/) : text).map((content) => ({ content })),
      ...toolCalls.flatMap(toolCallDeltas),
    ];
    const chunk = (choices: object[], more = {}): object => {
      const { model } = this.#request.body;
      return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 0, model, choices, ...more };
    };
    const events = deltas.map((delta) => chunk([{ index: 0, delta, finish_reason: null }]));
    events.push(chunk([{ index: 0, delta: {}, finish_reason: toolCalls.length > 0 ? 'tool_calls' : 'stop' }]));
    const { stream_options } = this.#request.body as { stream_options?: { include_usage?: boolean } };
    if (stream_options?.include_usage) {
      const { input, output } = usage;
      events.push(
        chunk([], { usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output } }),
      );
    }
    return this.#events([...events, '[DONE]'], answer);
  }

  async transcription(answer: TranscriptionAnswer): Promise<void> {
    const { text, whole } = answer;
    if (this.#request.body.stream !== 'true' || whole) {
      if (answer.trouble) return this.#pieces('application/json', [JSON.stringify({ text })], { after: 0, ...answer });
      return json(this.#response, 200, { text });
    }
    const deltas = text.split(/(?<=\s)/).map((delta) => ({ type: 'transcript.text.delta', delta }));
    return this.#events([...deltas, { type: 'transcript.text.done', text }], answer);
  }

  async speech(answer: SpeechAnswer): Promise<void> {
    const { input, response_format } = this.#request.body;
    const length = (String(input).length * MS_PER_CHARACTER * SPEECH_RATE) / 1000;
    const samples = answer.samples ?? sine(220, SPEECH_RATE, length, 6000);
    const pcm = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    const bytes = response_format === 'opus' ? await oggOpus(samples) : pcm;
    const size = answer.pieceBytes ?? ODD_PIECE;
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
    return this.#pieces(response_format === 'opus' ? 'audio/opus' : 'audio/pcm', pieces, answer);
  }

  #events(events: readonly (object | string)[], trouble: Partial<Trouble>): Promise<void> {
    const asText = (event: object | string): string =>
      `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;
    return this.#pieces('text/event-stream', events.map(asText), trouble);
  }

  async #pieces(
    type: string,
    pieces: readonly (string | Uint8Array)[],
    { trouble, after = 0 }: Partial<Trouble>,
  ): Promise<void> {
    const response = this.#response;
    const sent = trouble ? pieces.slice(0, after) : pieces;
    if (sent.length > 0 || trouble === 'garbage' || trouble === 'error')
      response.writeHead(200, { 'content-type': type });
    for (const [i, piece] of sent.entries()) {
      await this.#pace(i);
      if (this.#request.signal.aborted) return;
      response.write(piece);
    }
    if (trouble === 'hang') return;
    if (trouble === 'break-off') return void response.destroy();
    if (trouble === 'garbage') response.write('data: {this is not JSON\n\n');
    if (trouble === 'error')
      response.write(`data: ${JSON.stringify(asError({ status: 500, code: 'rate_limit_exceeded' }))}\n\n`);
    response.end();
  }
}

/** As OpenAI streams it: the name first, then the arguments in pieces. */
const toolCallDeltas = ({ id, name, args }: { id: string; name: string; args: string }, index: number): object[] => [
  { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
  ...(args.match(/.{1,5}/gs) ?? []).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
];

async function read(incoming: IncomingMessage): Promise<Pick<OpenAiRequest, 'body' | 'audio'>> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const type = incoming.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) return { body: bytes.length > 0 ? JSON.parse(bytes.toString()) : {} };
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const fields = Object.fromEntries([...form].filter(([, value]) => typeof value === 'string'));
  const file = form.get('file');
  return file instanceof Blob ? { body: fields, audio: parseWav(await file.arrayBuffer()) } : { body: fields };
}

function parseWav(file: ArrayBuffer): Wav {
  const wav = new WavStream();
  const samples = wav.push(new Uint8Array(file));
  return { samples, rate: wav.rate };
}

function refuse(response: ServerResponse, refusal: Refusal): void {
  for (const [name, value] of Object.entries(refusal.headers ?? {})) response.setHeader(name, value);
  json(response, refusal.status, asError(refusal));
}

const asError = ({ status, code, type = 'error', message = `status ${status}` }: Refusal): object => ({
  error: { message, type, param: null, code: code ?? null },
});

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
