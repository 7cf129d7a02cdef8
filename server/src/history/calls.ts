import type { Database, Row, Statement } from './database.ts';
import type { TimedWord } from './words.ts';

export interface CallSummary {
  readonly id: string;
  readonly room: string;
  readonly openedAt: string;
  /** Absent while it lasts. */
  readonly endedAt: string | undefined;
  readonly endReason: string | undefined;
  /** Those who gave a name. */
  readonly callers: readonly string[];
  readonly turns: number;
  readonly recorded: boolean;
  /** The first thing that a caller said, or what was found in the search. */
  readonly excerpt: string | undefined;
}

export interface Said {
  readonly turn: number;
  readonly speaker: 'caller' | 'agent';
  readonly callerId: string | undefined;
  readonly name: string | undefined;
  readonly text: string;
  readonly language: string | undefined;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly final: boolean;
  readonly interrupted: boolean;
  readonly words: readonly { readonly text: string; readonly atMs: number }[];
}

export interface CallTurn {
  readonly turn: number;
  readonly startedMs: number;
  readonly latencies: Readonly<Record<string, number>>;
  readonly said: readonly Said[];
  readonly tools: readonly CallTool[];
}

export interface CallTool {
  readonly name: string;
  readonly origin: string;
  readonly status: string;
  readonly atMs: number;
  readonly tookMs: number | undefined;
}

export interface CallDetails extends Omit<CallSummary, 'callers' | 'turns' | 'excerpt'> {
  readonly engines: readonly { readonly stage: string; readonly engine: string; readonly lite: boolean }[];
  readonly callers: readonly {
    readonly callerId: string;
    readonly name: string | undefined;
    readonly joinedMs: number;
    readonly leftMs: number | undefined;
  }[];
  readonly turns: readonly CallTurn[];
  readonly failures: readonly {
    readonly atMs: number;
    readonly code: string;
    readonly stage: string | undefined;
    readonly message: string;
  }[];
}

export interface CallSearch {
  readonly limit: number;
  readonly room?: string | undefined;
  /** Opened then or later. */
  readonly from?: string | undefined;
  /** Opened before. */
  readonly to?: string | undefined;
  /** Words that one utterance has; "in quotes" one after the other, `-not` for those that it has not. */
  readonly q?: string | undefined;
  /** Where the page before ended. */
  readonly cursor?: string | undefined;
}

/** Scripts that put no space between words: there the words of an index are whole sentences. */
const WITHOUT_SPACES =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/** Newest first. `undefined` for a cursor that is none. */
export async function listCalls(
  database: Database,
  search: CallSearch,
): Promise<{ calls: CallSummary[]; next: string | undefined } | undefined> {
  const after = search.cursor === undefined ? undefined : readCursor(search.cursor);
  if (search.cursor !== undefined && !after) return undefined;
  const rows = (await database.run([listStatement(search, after)]))[0] ?? [];
  const calls = rows.slice(0, search.limit).map(summaryOf);
  const last = rows.length > search.limit ? calls.at(-1) : undefined;
  return { calls, next: last && writeCursor(last) };
}

interface Place {
  readonly openedAt: string;
  readonly id: string;
}

function listStatement({ room, from, to, q, limit }: CallSearch, after: Place | undefined): Statement {
  const values: (string | number)[] = [];
  const value = (given: string | number): string => `$${values.push(given)}`;
  const where: string[] = [];
  if (room !== undefined) where.push(`room = ${value(room)}`);
  if (from !== undefined) where.push(`opened_at >= ${value(from)}::timestamptz`);
  if (to !== undefined) where.push(`opened_at < ${value(to)}::timestamptz`);
  if (after) where.push(`(opened_at, id) < (${value(after.openedAt)}::timestamptz, ${value(after.id)}::uuid)`);
  const found = q === undefined ? "speaker = 'caller'" : matching(q, value);
  const excerpt = `select text from parley.utterances where call_id = calls.id and ${found} order by turn, started_ms limit 1`;
  if (q !== undefined) where.push(`exists (select from parley.utterances where call_id = calls.id and ${found})`);
  return {
    sql: `select id, room, opened_at, ended_at, end_reason, recorded, (${excerpt}) as excerpt,
        (select count(*)::int from parley.turns where call_id = calls.id) as turns,
        (select coalesce(jsonb_agg(name order by joined_ms), '[]') from parley.callers
          where call_id = calls.id and name is not null) as callers
      from parley.calls ${where.length > 0 ? `where ${where.join(' and ')}` : ''}
      order by opened_at desc, id desc limit ${value(limit + 1)}::int`,
    values,
  };
}

const matching = (q: string, value: (given: string) => string): string =>
  WITHOUT_SPACES.test(q)
    ? `text ilike ${value(`%${q.trim().replace(/[\\%_]/g, '\\$&')}%`)}`
    : `to_tsvector('simple', text) @@ websearch_to_tsquery('simple', ${value(q)})`;

export async function findCall(database: Database, id: string): Promise<CallDetails | undefined> {
  const of = (sql: string): Statement => ({ sql, values: [id] });
  const [calls = [], callers = [], turns = [], said = [], tools = [], failures = []] = await database.run([
    of('select * from parley.calls where id = $1'),
    of('select * from parley.callers where call_id = $1 order by joined_ms, caller_id'),
    of('select * from parley.turns where call_id = $1 order by turn'),
    of(`select utterances.*, callers.name from parley.utterances left join parley.callers
      on callers.call_id = utterances.call_id and speaker = 'caller' and caller_id = source
      where utterances.call_id = $1 order by turn, started_ms, speaker desc, source`),
    of('select * from parley.tools where call_id = $1 order by at_ms'),
    of('select * from parley.failures where call_id = $1 order by number'),
  ]);
  const call = calls[0];
  if (!call) return undefined;
  const { excerpt, ...summary } = summaryOf({ ...call, turns: 0, callers: [] });
  return {
    ...summary,
    engines: call.engines as CallDetails['engines'],
    callers: callers.map((row) => ({
      callerId: String(row.caller_id),
      name: text(row.name),
      joinedMs: Number(row.joined_ms),
      leftMs: number(row.left_ms),
    })),
    turns: turns.map((row) => ({
      turn: Number(row.turn),
      startedMs: Number(row.started_ms),
      latencies: row.figures as Record<string, number>,
      said: said.filter(({ turn }) => turn === row.turn).map(saidOf),
      tools: tools.filter(({ turn }) => turn === row.turn).map(toolOf),
    })),
    failures: failures.map((row) => ({
      atMs: Number(row.at_ms),
      code: String(row.code),
      stage: text(row.stage),
      message: String(row.message),
    })),
  };
}

/** `lasts`: the call goes on, and is kept. */
export async function deleteCall(database: Database, id: string): Promise<'deleted' | 'lasts' | 'unknown'> {
  const [gone = [], there = []] = await database.run([
    { sql: 'delete from parley.calls where id = $1 and ended_at is not null returning id', values: [id] },
    { sql: 'select id from parley.calls where id = $1', values: [id] },
  ]);
  if (gone.length > 0) return 'deleted';
  return there.length > 0 ? 'lasts' : 'unknown';
}

/** The ids of those that are gone. */
export async function deleteOlder(database: Database, than: Date): Promise<readonly string[]> {
  const sql = 'delete from parley.calls where ended_at < $1::timestamptz returning id';
  const [gone = []] = await database.run([{ sql, values: [than.toISOString()] }]);
  return gone.map(({ id }) => String(id));
}

const summaryOf = (row: Row): CallSummary => ({
  id: String(row.id),
  room: String(row.room),
  openedAt: time(row.opened_at) as string,
  endedAt: time(row.ended_at),
  endReason: text(row.end_reason),
  callers: row.callers as string[],
  turns: Number(row.turns),
  recorded: row.recorded === true,
  excerpt: text(row.excerpt),
});

const saidOf = (row: Row): Said => ({
  turn: Number(row.turn),
  speaker: row.speaker as Said['speaker'],
  callerId: row.speaker === 'caller' ? String(row.source) : undefined,
  name: text(row.name),
  text: String(row.text),
  language: text(row.language),
  startedMs: Number(row.started_ms),
  endedMs: Number(row.ended_ms),
  final: row.final === true,
  interrupted: row.interrupted === true,
  words: (row.words as TimedWord[]).map(([word, atMs]) => ({ text: word, atMs })),
});

const toolOf = (row: Row): CallTool => ({
  name: String(row.name),
  origin: String(row.origin),
  status: String(row.status),
  atMs: Number(row.at_ms),
  tookMs: number(row.took_ms),
});

const text = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : String(value);
const number = (value: unknown): number | undefined =>
  value === null || value === undefined ? undefined : Number(value);
const time = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : new Date(value as Date).toISOString();

const writeCursor = ({ openedAt, id }: Place): string => Buffer.from(`${openedAt} ${id}`).toString('base64url');

function readCursor(cursor: string): Place | undefined {
  const [openedAt = '', id = ''] = Buffer.from(cursor, 'base64url').toString().split(' ');
  const isUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  return isUuid && !Number.isNaN(Date.parse(openedAt)) ? { openedAt: new Date(openedAt).toISOString(), id } : undefined;
}
