-- Which processes of the product there are, where, and what each may work on. A name belongs to one process for good, so
-- one that starts again is another row; rows that nobody asks for any more are removed by those that live.
create table node (
  name          text primary key,
  host          text not null,
  process_id    integer not null,
  roles         text[] not null,
  slots         jsonb not null default '{}',  -- rows it works on at once, by stage
  code_version  text not null,
  silent_after  interval not null,            -- not seen for this long and not stopped: it died, or cannot reach the database
  started_at    timestamptz not null default clock_timestamp(),
  seen_at       timestamptz not null default clock_timestamp(),
  stopped_at    timestamptz
);
create index node_seen on node (seen_at);

-- What the newest results took is what the next one is expected to take.
create index result_committed on result (committed_at);

-- Callers that were not let in: where a study is that is not here. One row for the same caller and reason, counted on.
create table refused_caller (
  calling_ae    text not null,
  called_ae     text not null,
  peer_address  text not null,
  because       text not null,
  first_at      timestamptz not null default clock_timestamp(),
  last_at       timestamptz not null default clock_timestamp(),
  times         bigint not null,
  primary key (calling_ae, called_ae, peer_address, because)
);
create index refused_caller_last on refused_caller (last_at desc);
