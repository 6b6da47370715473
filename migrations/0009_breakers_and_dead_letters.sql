-- What a lane's attempts said of it, one row shared by all processes and in database time. While it is open nobody claims the
-- lane's rows, but one at a time, to see whether it is over.
create table breaker (
  lane         text primary key,
  state        text not null default 'closed' check (state in ('closed', 'open')),
  failures     integer not null default 0,  -- of the lane itself, one after the other
  reason       text not null,               -- of the last of them
  failed_at    timestamptz not null,
  opened_at    timestamptz,
  probes       integer not null default 0,  -- that failed since it opened
  probe_at     timestamptz,                 -- not before this another may go
  probe_work   bigint,                      -- the one under way: it holds while its claim does
  probe_fence  bigint,
  check ((state = 'open') = (opened_at is not null)),
  check ((state = 'open') = (probe_at is not null)),
  check ((probe_work is null) = (probe_fence is null))
);

-- hopeless: what failed will fail again, so the next claim settles it instead of trying. cause and cause_words say of what kind
-- the last failure was, without what is particular to the one row.
alter table work
  add column hopeless boolean not null default false,
  add column cause text check (cause ~ '^[a-z0-9-]+$'),
  add column cause_words text;

-- A claim looks at the head of each lane, so it never walks over the rows of one that is closed to it.
drop index work_due;
create index work_due on work (stage, coalesce(lane, ''), urgency, id) where state = 'due';
create index work_dead on work (study_uid, stage) where state = 'dead';

-- A refused document has not reached its purpose either.
update work set state = 'dead', cause = 'refused', cause_words = 'the destination refused it', last_error = delivery.because
from delivery where work.stage = 'delivery' and work.key = delivery.id::text and work.state = 'done' and delivery.state = 'failed';

-- One letter a study, whatever of it has ended without its purpose: it stands under the cause that is first on the study's way.
create view dead_letter as
select distinct on (study_uid) study_uid, stage, lane, stage || coalesce('/' || lane, '') || '/' || coalesce(cause, 'unknown') as cause,
  coalesce(cause_words, 'the reason was not kept') as words, last_error, changed_at as died_at,
  (count(*) over of_study)::integer as ends
from work where state = 'dead'
window of_study as (partition by study_uid)
order by study_uid, array_position(array['closing', 'scoring', 'delivery'], stage), changed_at, id;
