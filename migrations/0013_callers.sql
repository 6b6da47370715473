-- How each caller's line is, and how much comes over it hour by hour. Listeners gather the figures in memory and add them every few
-- seconds: nothing here is written for each object, nor in the transactions of what arrives. A crash costs seconds of figures.
create table caller (
  title            text primary key,
  name             text,                      -- what people call it, as the settings say
  peer_address     text not null,
  implementation   text not null,             -- its implementation version name
  secured          boolean not null,
  pdu_taken        bigint not null,           -- the longest P-DATA-TF that it takes; 0: any
  pdu_sent         bigint not null default 0, -- the longest that it has sent in its last association with any
  first_at         timestamptz not null default clock_timestamp(),
  last_at          timestamptz not null default clock_timestamp(),
  last_object_at   timestamptz,
  aborted_at       timestamptz,
  aborted_because  text,
  refused_because  text                       -- why its last object that was refused was
);
create index caller_last on caller (last_at);

-- Sums of an hour (UTC). Seconds are of objects on their way: from command to first byte, to last byte, until kept, and from our answer
-- to the next command; pauses of more than a second are no part of sending.
create table caller_hour (
  title         text not null references caller on delete cascade,
  hour          timestamptz not null,
  associations  integer not null,
  aborted       integer not null,
  studies       integer not null,
  objects       integer not null,
  refused       integer not null,
  bytes         bigint not null,
  starting      double precision not null,
  receiving     double precision not null,
  keeping       double precision not null,
  waiting       double precision not null,
  waits         integer not null,
  late_waits    integer not null,  -- as long as a delayed acknowledgement of TCP
  primary key (title, hour)
) with (fillfactor = 70);

create table caller_syntax (
  title            text not null references caller on delete cascade,
  transfer_syntax  text not null,
  objects          bigint not null,
  last_at          timestamptz not null default clock_timestamp(),
  primary key (title, transfer_syntax)
);
