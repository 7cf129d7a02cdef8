import { Agent, request } from 'node:http';
import { Ajv, type ValidateFunction } from 'ajv';
import { badProblem, type HttpAnswer, indecency } from './decent.ts';
import { type FuzzHouse, KEY } from './house.ts';
import type { FuzzOperation, FuzzRequest } from './requests.ts';
import type { JsonSchema } from './schema.ts';
import type { Fate } from './tally.ts';

interface Documented {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: JsonSchema }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: JsonSchema }> };
  readonly responses: Record<string, unknown>;
}

export async function operationsIn(house: FuzzHouse): Promise<FuzzOperation[]> {
  const { paths } = (await (await house.ask('/openapi.json')).json()) as {
    paths: Record<string, Record<string, Documented>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, security, parameters = [], requestBody, responses }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path,
      guarded: security !== undefined,
      statuses: Object.keys(responses).map(Number),
      query: Object.fromEntries(
        parameters.filter((each) => each.in === 'query').map(({ name, schema }) => [name, schema]),
      ),
      body: requestBody?.content['application/json']?.schema,
    })),
  );
}

/** Longest time for an answer, in ms. */
const PATIENCE_MS = 15_000;

/** Asks the HTTP API; throws where an answer is not as it must be. */
export class HttpStage {
  readonly #house: FuzzHouse;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #fits = new Map<string, ValidateFunction>();
  #rooms = 0;
  #room: string | undefined;

  constructor(house: FuzzHouse, operations: readonly FuzzOperation[]) {
    this.#house = house;
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const { id, body } of operations) if (body) this.#fits.set(id, ajv.compile(body));
  }

  /** With the key, unless there is another authorization. */
  async ask(asked: FuzzRequest, authorization: string | undefined = `Bearer ${KEY}`): Promise<Fate> {
    this.#room ??= await this.#openRoom();
    const answer = await this.#send(asked, authorization);
    const fault = this.#judge(asked, answer) ?? this.#house.end;
    const isRight = authorization === `Bearer ${KEY}`;
    const got = answer.status < 300 && asked.operation.guarded && !isRight ? 'was granted without a key' : undefined;
    if (fault ?? got)
      throw new Error(`${asked.method} ${asked.operation.path} ${fault ?? got}: ${answer.body.slice(0, 2000)}`);
    await this.#afterwards(asked, answer);
    return answer.status < 400 ? 'taken' : 'refused';
  }

  /** Ends the room that was asked about. May be called again, and more can be asked after it. */
  async close(): Promise<void> {
    this.#agent.destroy();
    if (this.#room !== undefined && this.#house.end === undefined) await this.#end(this.#room);
    this.#room = undefined;
  }

  async #end(room: string): Promise<void> {
    await this.#house.ask(`/v1/rooms/${room}`, { method: 'DELETE' });
  }

  async #openRoom(): Promise<string> {
    const room = `http-${++this.#rooms}`;
    await this.#house.ask('/v1/rooms', { method: 'POST', body: { room } });
    return room;
  }

  #send(asked: FuzzRequest, authorization: string | undefined): Promise<HttpAnswer> {
    const { method, headers, body } = asked;
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(this.#house.url);
      const sent = request(
        {
          hostname,
          port,
          method,
          path: this.#url(asked),
          agent: this.#agent,
          timeout: PATIENCE_MS,
          headers: {
            ...headers,
            ...(authorization !== undefined && { authorization }),
            ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
          },
        },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
          answer.on('end', () => {
            const { statusCode: status = 0, headers } = answer;
            resolve({ status, type: headers['content-type'] ?? '', headers, body: Buffer.concat(chunks).toString() });
          });
        },
      );
      sent.on('error', reject).on('timeout', () => sent.destroy(new Error('was not answered')));
      sent.end(body);
    });
  }

  #url({ operation, params, query }: FuzzRequest): string {
    const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => percent(this.#known(params[name] ?? '')));
    const search = query.map(([name, value]) => `${percent(name)}=${percent(value)}`).join('&');
    return search ? `${path}?${search}` : path;
  }

  #known(name: string): string {
    return name === '@room' ? (this.#room ?? '') : name === '@over' ? `http-${this.#rooms - 1}` : name;
  }

  /** Undefined where all is as it must be. */
  #judge(asked: FuzzRequest, answer: HttpAnswer): string | undefined {
    const { operation, method, message, body = '' } = asked;
    const { status } = answer;
    const isItself = method === operation.method;
    const isEmpty = Object.values(asked.params).some((each) => each === '');
    if (status < 400) {
      if (isItself && !isEmpty && !operation.statuses.includes(status) && status !== 304)
        return `answers ${status}, which is not documented`;
      if ('message' in asked && this.#fits.get(operation.id)?.(JSON.parse(body || 'null')) === false)
        return `takes what does not fit (${status})`;
      return this.#indecency(asked, answer, message);
    }
    if (method === 'HEAD') return status >= 500 && status !== 503 ? `answers ${status}` : undefined;
    const isReadiness = status === 503 && operation.id === 'readiness';
    const bad = isReadiness ? undefined : badProblem(answer);
    const undocumented = isItself && !isEmpty && !operation.statuses.includes(status);
    if (bad ?? (undocumented && !GENERAL.includes(status))) return bad ?? `answers ${status}, which is not documented`;
    return this.#indecency(asked, answer, message);
  }

  #indecency(asked: FuzzRequest, { status, body, headers }: HttpAnswer, message: unknown): string | undefined {
    // Tokens are what is asked for there, and figures name what they count.
    const isPlain =
      status >= 400 ||
      !['createToken', 'createDemoToken', 'createRealtimeClientSecret', 'metrics', 'info', 'listEngines'].includes(
        asked.operation.id,
      );
    if (!isPlain) return undefined;
    const said = `${this.#url(asked)} ${JSON.stringify(asked)} ${asked.body} ${JSON.stringify(message)} ${asked.query.flat().join(' ')}`;
    return indecency(`${body} ${JSON.stringify(headers)}`, `${said} ${JSON.stringify(said)}`, this.#house.secrets);
  }

  async #afterwards({ operation, method }: FuzzRequest, answer: HttpAnswer): Promise<void> {
    if (answer.status >= 300) return;
    if (operation.id === 'createRoom' && method === 'POST') {
      const { room } = JSON.parse(answer.body) as { room: string };
      await this.#end(room);
    }
    // It may be this one that was ended.
    if (method === 'DELETE') {
      await this.#end(this.#room ?? '');
      this.#room = undefined;
    }
  }
}

/** What the server itself answers, before it knows what was asked for. */
const GENERAL = [400, 404, 405, 413, 414, 415, 417, 431];

/** As UTF-8 has it, also where the text is none. */
const percent = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) =>
      /[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
