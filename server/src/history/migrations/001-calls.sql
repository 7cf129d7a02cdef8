-- Times with _ms are ms since the call was opened; the recording counts from there, too.
create table parley.calls (
  id uuid primary key,
  room text not null,
  opened_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  -- The server that wrote it: only that one may say that a call of an earlier run is over.
  server text not null,
  engines jsonb not null default '[]',
  recorded boolean not null default false
);
create index calls_by_time on parley.calls (opened_at desc, id desc);
create index calls_by_room on parley.calls (room, opened_at desc);

create table parley.callers (
  call_id uuid not null references parley.calls on delete cascade,
  caller_id text not null,
  name text,
  joined_ms integer not null,
  left_ms integer,
  primary key (call_id, caller_id)
);

create table parley.turns (
  call_id uuid not null references parley.calls on delete cascade,
  turn integer not null,
  started_ms integer not null,
  -- Latencies by stage, in ms.
  figures jsonb not null default '{}',
  primary key (call_id, turn)
);

-- What one caller said in a turn, or one reply of the agent as far as it was heard.
create table parley.utterances (
  call_id uuid not null references parley.calls on delete cascade,
  turn integer not null,
  speaker text not null check (speaker in ('caller', 'agent')),
  -- The caller's id, or the reply's number.
  source text not null,
  text text not null,
  language text,
  started_ms integer not null,
  ended_ms integer not null,
  final boolean not null,
  interrupted boolean not null default false,
  -- [[text, ms], ...]: joined they are the text.
  words jsonb not null default '[]',
  primary key (call_id, turn, speaker, source)
);
create index utterances_by_word on parley.utterances using gin (to_tsvector('simple', text));

create table parley.tools (
  call_id uuid not null references parley.calls on delete cascade,
  tool_call text not null,
  turn integer not null,
  name text not null,
  origin text not null,
  status text not null,
  at_ms integer not null,
  took_ms integer,
  primary key (call_id, tool_call)
);

create table parley.failures (
  call_id uuid not null references parley.calls on delete cascade,
  number integer not null,
  at_ms integer not null,
  code text not null,
  stage text,
  message text not null,
  primary key (call_id, number)
);
