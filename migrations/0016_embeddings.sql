-- Image vectors that sentences can be compared with, apart from the results: whoever tries new sentences reads all of them and nothing
-- else of a result, in the order they were written. The pooled vector stays with its result: nothing reads many of those.

-- Which package made them. Vectors of packages that agree in "space" (weights and input) may be compared with the same sentences.
create table embedding_source (
  id               integer generated always as identity primary key,
  package_digest   bytea not null unique,
  package_id       text not null,
  package_version  text not null,
  space            bytea not null
);

create table embedding (
  generation_id  uuid primary key references generation,
  source         integer not null references embedding_source,
  study_uid      text not null,
  committed_at   timestamptz not null default clock_timestamp(),
  contrastive    bytea not null -- float32, little endian, of length 1
);
create index embedding_study on embedding (study_uid, source, committed_at);

-- Numbers of a network do not shrink: they stay in their row, and longer ones beside it as they are.
alter table embedding alter column contrastive set storage main;
alter table result alter column embedding set storage external;
