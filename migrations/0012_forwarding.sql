-- Originals on their way to other archives. Which destinations a caller's images go to is said by its settings when it calls, so the
-- association keeps it: an image goes where the association that brought it first says.
alter table association add column forward_to text[] not null default '{}';

-- One row for a study, a destination and a closing of the study: the images that no earlier round of that destination had. The lists
-- are SOP Instance UIDs, one a line, compressed (Brotli): some kilobytes for a thousand images, whatever the number of destinations.
create table forward_round (
  id            uuid primary key,
  study_uid     text not null references study,
  destination   text not null,
  round         integer not null,
  images        integer not null,
  content       bytea not null,             -- all images of the round
  missing       bytea,                      -- those that the destination has not said to have; null: none
  missing_count integer not null,
  state         text not null default 'due' check (state in ('due', 'delivered', 'failed')),
  because       text,
  created_at    timestamptz not null default clock_timestamp(),
  settled_at    timestamptz,
  unique (study_uid, destination, round),
  check ((missing is null) = (missing_count = 0)),
  check ((settled_at is null) = (state = 'due'))
);
