import type { AgentEvent, EngineChoice, RoomEnd } from '../rooms/index.ts';
import type { Statement } from './database.ts';
import type { TimedWord } from './words.ts';

// Each row as one statement that may be repeated: what is sent twice does no harm.

/** What one caller said in a turn, or one reply as far as it was heard. */
export interface Utterance {
  readonly turn: number;
  readonly speaker: 'caller' | 'agent';
  /** The caller's id, or the reply's number. */
  readonly source: string;
  readonly text: string;
  readonly language: string | undefined;
  readonly final: boolean;
  readonly interrupted: boolean;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly words: readonly TimedWord[];
}

interface OpenedCall {
  readonly id: string;
  readonly name: string;
  readonly openedAt: Date;
  readonly engines: readonly EngineChoice[];
}

export const callOpened = (
  { id, name, openedAt, engines }: OpenedCall,
  { server, recorded }: { readonly server: string; readonly recorded: boolean },
): Statement => ({
  sql: `insert into parley.calls (id, room, opened_at, server, engines, recorded)
    values ($1, $2, $3, $4, $5::jsonb, $6) on conflict (id) do nothing`,
  values: [id, clean(name), openedAt.toISOString(), server, json(engines.map(shortly)), recorded],
});

const shortly = ({ stage, engine, lite }: EngineChoice) => ({ stage, engine, lite });

export const callEnded = (call: string, reason: RoomEnd, atMs: number): Statement => ({
  sql: `update parley.calls set ended_at = opened_at + $3::integer * interval '1 ms', end_reason = $2 where id = $1`,
  values: [call, reason, atMs],
});

export const callerJoined = (call: string, caller: string, name: string | undefined, atMs: number): Statement => ({
  sql: `insert into parley.callers (call_id, caller_id, name, joined_ms) values ($1, $2, $3, $4)
    on conflict (call_id, caller_id) do nothing`,
  values: [call, caller, name === undefined ? null : clean(name), atMs],
});

export const callerLeft = (call: string, caller: string, atMs: number): Statement => ({
  sql: 'update parley.callers set left_ms = $3 where call_id = $1 and caller_id = $2',
  values: [call, caller, atMs],
});

export const turnFigures = (
  call: string,
  turn: number,
  figures: Readonly<Record<string, number | undefined>>,
  atMs: number,
): Statement => ({
  sql: `insert into parley.turns (call_id, turn, started_ms, figures) values ($1, $2, $3, $4::jsonb)
    on conflict (call_id, turn) do update set figures = turns.figures || excluded.figures`,
  values: [call, turn, atMs, json(figures)],
});

/** Says of its turn, too, when it began. */
export const said = (call: string, utterance: Utterance): Statement => {
  const { turn, speaker, source, text, language, startedMs, endedMs, final, interrupted, words } = utterance;
  return {
    sql: `with turn as (
        insert into parley.turns (call_id, turn, started_ms) values ($1, $2, $7)
        on conflict (call_id, turn) do update set started_ms = least(turns.started_ms, excluded.started_ms)
      )
      insert into parley.utterances
        (call_id, turn, speaker, source, text, language, started_ms, ended_ms, final, interrupted, words)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb)
      on conflict (call_id, turn, speaker, source) do update set
        text = excluded.text, language = excluded.language, ended_ms = excluded.ended_ms, final = excluded.final,
        interrupted = excluded.interrupted, words = excluded.words`,
    values: [
      ...[call, turn, speaker, source, clean(text), language ?? null, startedMs, endedMs, final, interrupted],
      json(words.map(([word, atMs]) => [clean(word), atMs])),
    ],
  };
};

export const unsaid = (call: string, { turn, speaker, source }: Utterance): Statement => ({
  sql: 'delete from parley.utterances where call_id = $1 and turn = $2 and speaker = $3 and source = $4',
  values: [call, turn, speaker, source],
});

export const toolCalled = (
  call: string,
  { call: toolCall, turn, name, origin, status, ms }: Extract<AgentEvent, { type: 'tool' }>,
  atMs: number,
): Statement => ({
  sql: `insert into parley.tools (call_id, tool_call, turn, name, origin, status, at_ms, took_ms)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (call_id, tool_call) do update set status = excluded.status, took_ms = excluded.took_ms`,
  values: [call, clean(toolCall), turn, clean(name), origin, status, atMs, ms === undefined ? null : Math.round(ms)],
});

export const failed = (
  call: string,
  number: number,
  { code, stage, message }: Extract<AgentEvent, { type: 'error' }>,
  atMs: number,
): Statement => ({
  sql: `insert into parley.failures (call_id, number, at_ms, code, stage, message) values ($1, $2, $3, $4, $5, $6)
    on conflict (call_id, number) do nothing`,
  values: [call, number, atMs, code, stage ?? null, clean(message)],
});

/** Of an earlier run of this server: they ended when it did, and last said something then. */
export const callsCutOff = (server: string, living: readonly string[]): Statement => ({
  sql: `update parley.calls set end_reason = 'server-died', ended_at = opened_at + interval '1 ms' * coalesce(
      (select max(ended_ms) from parley.utterances where call_id = calls.id), 0)
    where server = $1 and ended_at is null and not (id::text = any(string_to_array($2, ',')))`,
  values: [server, living.join(',')],
});

/** PostgreSQL's text holds no NUL and no half of a surrogate pair. */
const clean = (text: string): string => text.replaceAll('\0', '').toWellFormed();

const json = (value: unknown): string => JSON.stringify(value);
