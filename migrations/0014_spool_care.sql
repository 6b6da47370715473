-- What becomes of an image once it is in the spool: compared, missed, removed.

-- The spools of the installation, each named by a file of its own. What the process that holds it last saw there.
create table spool (
  id         uuid primary key,
  host       text not null,
  folder     text not null,
  seen_at    timestamptz not null default clock_timestamp(),
  state      jsonb not null default '{}',  -- room, backlog, quarantine
  reconcile  jsonb,                        -- how far, and what was found
  retention  jsonb                         -- the last run: what was removed, and what is held back by what
);

-- Where an association's images lie. Null: a listener of before this step, or no association.
alter table association add column spool uuid;

-- suspect: the same UID came in another syntax, and nobody has compared them yet. alike: compared, and the same image as the one that came
-- first. Both are false for an image that came once.
alter table instance
  add column suspect boolean not null default false,
  add column alike boolean not null default false,
  add column judgement text,
  add column missing_since timestamptz; -- its file is gone
create index instance_suspect on instance (sop_uid) where suspect;
create index instance_missing on instance (sop_uid) where missing_since is not null;

-- False: retention has removed every image that was received. The oldest are found by when they began to arrive, which never changes.
alter table study add column spooled boolean not null default true;
create index study_oldest on study (first_received_at, study_uid) where spooled;
create index work_open on work (study_uid) where state <> 'done';

-- What there was. The UIDs are sorted, one a line, and compressed; the digest is SHA-256 over them before that.
alter table series
  add column removed_images integer not null default 0,
  add column removed_bytes bigint not null default 0,
  add column removed_uids bytea,
  add column removed_digest bytea,
  add column removed_at timestamptz,
  add column removed_because text,
  add check ((removed_uids is null) = (removed_at is null));

-- Files whose rows are gone and which are to go too. A row leaves when the file has, so that a crash in between leaves work, not litter.
create table removal (
  spool      uuid not null,
  path       text not null,
  study_uid  text not null,
  at         timestamptz not null default clock_timestamp(),
  primary key (spool, path)
);
