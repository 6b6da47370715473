-- What tells that a series or study is complete: where its slices lie, which images were announced, and how its caller pauses.

-- Of slices: the direction of their plane's normal in steps of 1/500, packed into one number, and millimetres along it. Null where an
-- image does not say, or is no slice.
alter table instance add column plane integer, add column place_mm double precision;

-- A series closes before its study does. considered_at: since when scoring has been asked with it among the closed ones.
alter table series
  add column closed_at timestamptz,
  add column closed_by text check (closed_by in ('manifest', 'geometry', 'idle', 'ceiling', 'fault', 'own')),
  add column closed_because text,
  add column considered_at timestamptz,
  add check ((closed_at is null) = (closed_by is null));

-- open_since: the first image since it was last complete; a study that never goes quiet is scored after a ceiling from there.
-- longest_pause: between two images of one sending; pause_told: as its caller's pace has it already.
alter table study
  add column idle_fixed boolean not null default false, -- the site has set this caller's idle time: nothing learned changes it
  add column open_since timestamptz not null default now(),
  add column longest_pause interval not null default '0',
  add column pause_told interval;

update series set closed_at = study.closed_at, closed_by = 'idle', considered_at = study.closed_at
from study where study.study_uid = series.study_uid and study.closed_at is not null;

alter table evidence add column series_uid text;

-- How long a caller pauses within a study: five markers of a running quantile, one row shared by all nodes.
create table caller_pace (
  caller      text primary key,
  studies     bigint not null,
  heights     double precision[] not null, -- seconds
  positions   double precision[] not null,
  changed_at  timestamptz not null default clock_timestamp()
);

-- What the models in use need of a series, as the scoring processes say; what none has said for a day is out of use.
create table stack_need (
  package_id       text primary key,
  modality         text not null,
  min_coverage_mm  double precision not null,
  max_spacing_mm   double precision not null,
  seen_at          timestamptz not null default clock_timestamp()
);

-- Lists of images that a sender says it has sent (storage commitment) or that somebody says there are (availability). They are
-- judged by comparing sets; "arrived" is only a hint of when to look.
create table manifest (
  id               bigint generated always as identity primary key,
  kind             text not null check (kind in ('commitment', 'availability')),
  caller           text not null,
  list_uid         text not null, -- Transaction UID, or the notification's SOP Instance UID
  study_uid        text,          -- of a notification, which names it; a request does not
  announced        integer not null,
  arrived          integer not null default 0,
  received_at      timestamptz not null default clock_timestamp(),
  unique (caller, list_uid)
);
create index manifest_study on manifest (study_uid) where study_uid is not null;
create index manifest_received on manifest (received_at);

create table announced (
  sop_uid      text not null,
  manifest_id  bigint not null references manifest on delete cascade,
  sop_class    text not null,
  primary key (sop_uid, manifest_id)
);
create index announced_manifest on announced (manifest_id);

-- The answer that a storage commitment request still gets. It outlives the process that took the request.
create table commitment (
  manifest_id    bigint primary key references manifest on delete cascade,
  called_ae      text not null, -- who we are to the caller
  peer_address   text not null, -- where it called from
  answer_by      timestamptz not null, -- until then it is waited for what is missing
  due_at         timestamptz not null,
  attempts       integer not null default 0,
  answered_at    timestamptz,
  answer         text,
  last_error     text
);
create index commitment_due on commitment (due_at) where answered_at is null;

-- Pushed while somebody holds it: it is due again as soon as that claim is completed, which is not disturbed.
alter table work add column again boolean not null default false;
