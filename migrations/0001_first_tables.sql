-- The first tables: what arrived, what is due, what was decided, what was sent, and the ledger of all of it.
-- Times are database times. Nothing here is updated per image except by INSERT … ON CONFLICT over one batch.

-- One row per association, opened when a caller connects; it closes in the commit that indexes its last file.
-- Until lease_until an association without an ending counts as open, also when its node is away.
create table association (
  id            uuid primary key,
  node          text not null,
  calling_ae    text not null,
  called_ae     text not null,
  peer_address  text not null,
  opened_at     timestamptz not null,
  lease_until   timestamptz not null,
  ended_at      timestamptz,
  ending        text check (ending in ('released', 'aborted', 'lost')),
  objects       integer not null default 0,
  refused       integer not null default 0,
  bytes         bigint  not null default 0,
  check ((ended_at is null) = (ending is null))
);
create index association_open on association (calling_ae, lease_until) where ended_at is null;

-- A study as its first image described it. Text columns are null where the image did not say.
create table study (
  study_uid          text primary key,
  caller             text not null,
  patient_id         text,
  patient_name       text,
  birth_date         text,
  sex                text,
  accession          text,
  study_date         text,
  study_time         text,
  description        text,
  order_class        smallint not null default 0 check (order_class between 0 and 2), -- routine, urgent, stat
  idle_time          interval not null, -- of its caller: nothing for this long, and the study may be complete
  images             integer not null default 0,
  first_received_at  timestamptz not null,
  last_received_at   timestamptz not null,
  last_indexed_at    timestamptz not null,  -- database time: quiet is measured by one clock, not by each listener's
  closed_at          timestamptz,           -- null again when an image comes late
  closed_because     text
);
create index study_accession on study (accession) where accession is not null;

create table series (
  study_uid          text not null references study,
  series_uid         text not null,
  modality           text,
  description        text,
  images             integer not null default 0,
  first_received_at  timestamptz not null,
  last_received_at   timestamptz not null,
  primary key (study_uid, series_uid)
);

-- One row per file in the spool. The digest is SHA-256 over the data set without file meta: the same UID with the
-- same digest is the same image; the same UID with another digest is a conflict, of which both are kept.
create table instance (
  sop_uid          text not null,
  digest           bytea not null check (length(digest) = 32),
  study_uid        text not null references study,
  series_uid       text not null,
  sop_class        text not null,
  transfer_syntax  text not null,
  path             text not null,
  bytes            bigint not null,
  association_id   uuid references association,
  origin           text not null default 'received' check (origin in ('received', 'own')), -- own: made by this product
  conflict         boolean not null default false,
  received_at      timestamptz not null,
  primary key (sop_uid, digest)
);
create index instance_series on instance (study_uid, series_uid);

-- Why a study or series counts as complete, in words.
create table evidence (
  id          bigint generated always as identity primary key,
  study_uid   text not null references study,
  kind        text not null,
  sentence    text not null,
  at          timestamptz not null default clock_timestamp()
);
create index evidence_study on evidence (study_uid, id);

-- What a role may work on next. urgency = due time − class credit is stored, so that the order of claiming ages
-- by itself and needs no function of now; a claim is a lease with a fencing number that its completion checks.
create table work (
  id           bigint generated always as identity primary key,
  stage        text not null check (stage in ('closing', 'scoring', 'delivery')),
  key          text not null,
  study_uid    text not null references study,
  urgency      timestamptz not null,
  due_at       timestamptz not null,
  state        text not null default 'due' check (state in ('due', 'leased', 'done', 'dead')),
  attempts     integer not null default 0,
  fence        bigint not null default 0, -- grows with every claim and every push: an older claim can no longer complete
  lease_owner  text,
  lease_until  timestamptz,
  last_error   text,
  changed_at   timestamptz not null default clock_timestamp(),
  unique (stage, key),
  check ((state = 'leased') = (lease_until is not null)),
  check ((lease_until is null) = (lease_owner is null))
);
create index work_due on work (stage, urgency) where state = 'due';
create index work_leased on work (lease_until) where state = 'leased';

-- What selection said of each series, newest selection last.
create table selection (
  id          bigint generated always as identity primary key,
  study_uid   text not null references study,
  package_id  text not null,
  series_uid  text not null,
  chosen      boolean not null,
  reason      text not null,
  at          timestamptz not null default clock_timestamp()
);
create index selection_study on selection (study_uid, id);

-- (study, package, package digest, the chosen images with their digests): the unit that is scored exactly once.
create table generation (
  id               uuid primary key,
  study_uid        text not null references study,
  package_id       text not null,
  package_version  text not null,
  package_digest   bytea not null,
  series_uid       text not null,
  inputs           jsonb not null,   -- [{"sop": …, "digest": …}] in slice order
  inputs_digest    bytea not null,
  supersedes       uuid references generation,
  created_at       timestamptz not null default clock_timestamp(),
  unique (study_uid, package_id, package_digest, inputs_digest)
);

create table result (
  generation_id   uuid primary key references generation,
  scores          jsonb not null,
  embedding       bytea not null,    -- float32, little endian
  tensor_digest   bytea not null,
  pixel_digest    bytea not null,    -- over SOP Instance UIDs and decoded pixels, whatever the transfer syntax
  quality         jsonb not null,    -- coverage and other figures of the input
  provider        text not null,     -- execution provider that ran the network
  code_version    text not null,
  timings         jsonb not null,    -- milliseconds by step
  committed_at    timestamptz not null default clock_timestamp()
);

create table decision (
  id               uuid primary key,
  study_uid        text not null references study,
  generation_id    uuid unique references generation, -- null: nothing could be scored
  outcome          text not null check (outcome in ('positive', 'negative', 'not_analysed')),
  flag_level       smallint not null check (flag_level between 0 and 2), -- none, medium, high
  because          text not null,
  flags            jsonb not null default '[]',
  policy_id        text,
  policy_version   text,
  policy_digest    bytea,
  approved         jsonb not null default '[]', -- [{"key": …, "level": …, "threshold": …, "band": …}] as the policy had them
  demonstration    boolean not null default false,
  supersedes       uuid references decision,
  decided_at       timestamptz not null default clock_timestamp()
);
create index decision_study on decision (study_uid, decided_at);

-- One row per document and destination. The bytes are frozen with the first attempt, so a repeat sends the same object.
create table delivery (
  id            uuid primary key,
  decision_id   uuid not null references decision,
  study_uid     text not null references study,
  destination   text not null,
  document      text not null check (document in ('sr', 'text')),
  state         text not null default 'due' check (state in ('due', 'delivered', 'withheld', 'failed')),
  because       text,
  sop_uid       text,
  content       bytea,
  created_at    timestamptz not null default clock_timestamp(),
  delivered_at  timestamptz,
  unique (decision_id, destination, document)
);
create index delivery_study on delivery (study_uid);

-- The read model of the worklist: one row a study from its first image on.
create table worklist (
  study_uid      text primary key references study,
  arrived_at     timestamptz not null,
  stat           boolean not null default false,
  base_key       timestamptz not null,  -- arrival − order credit: where the study would stand without any flag
  rank_key       timestamptz not null,  -- base_key − flag credit: where it stands
  state          text not null default 'waiting' check (state in ('waiting', 'positive', 'negative', 'not_analysed')),
  flag_level     smallint not null default 0,
  because        text not null,
  flags          jsonb not null default '[]',
  demonstration  boolean not null default false,
  read_at        timestamptz,           -- a person has read the study: it no longer counts in positions, but stays to be found
  read_by        text,
  changed_at     timestamptz not null default clock_timestamp(),
  check ((read_at is null) = (read_by is null))
);
create index worklist_rank on worklist (stat desc, rank_key, study_uid) where read_at is null;
create index worklist_base on worklist (stat desc, base_key, study_uid) where read_at is null;
create index worklist_state on worklist (state, flag_level, demonstration) where read_at is null;
create index worklist_waiting on worklist (study_uid) where read_at is null and state = 'waiting';
create index worklist_changed on worklist (changed_at);
create index worklist_read on worklist (read_at desc, study_uid) where read_at is not null;

-- Wake-up tokens waiting for the bus. Drained with SKIP LOCKED, deleted once the broker has confirmed.
create table outbox (
  id          bigint generated always as identity primary key,
  queue       text not null,
  message     jsonb not null,
  created_at  timestamptz not null default clock_timestamp()
);

-- The ledger. Rows carry their transaction, so that a sealer can take only what can no longer change.
create table audit (
  id             bigint generated always as identity primary key,
  xid            xid8 not null default pg_current_xact_id(),
  at             timestamptz not null default clock_timestamp(),
  actor          text not null,
  event          text not null,
  study_uid      text,
  generation_id  uuid,
  detail         jsonb not null default '{}'
);
create index audit_study on audit (study_uid, id);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'audit rows are never changed or removed (%)', tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger audit_append_only before update or delete on audit
  for each row execute function audit_is_append_only();
create trigger audit_no_truncate before truncate on audit
  for each statement execute function audit_is_append_only();
