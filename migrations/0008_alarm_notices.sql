-- What people are told of alarms. An event stands in the transaction of the alarm's change; the sender makes of each event
-- one notice for each of its channels. So only the process that sends needs to know which channels there are.
alter table alarm
  add column critical_from integer, -- how often it had been told when it became critical; null while it is a warning
  add column told_at timestamptz not null default clock_timestamp(); -- when its last event but its end was made: reminders count from it
update alarm set critical_from = 1 where severity = 'critical';
create index alarm_history on alarm (kind, subject, raised_at desc);

create table alarm_event (
  id          bigint generated always as identity primary key,
  alarm_id    bigint not null references alarm,
  what        text not null check (what in ('raised', 'escalated', 'reminder', 'cleared')),
  severity    text not null check (severity in ('warning', 'critical')),
  sentence    text not null,
  times       integer not null,
  at          timestamptz not null default clock_timestamp(),
  planned_at  timestamptz -- its notices have been made, or it needs none
);
create index alarm_event_unplanned on alarm_event (id) where planned_at is null;
create index alarm_event_alarm on alarm_event (alarm_id, id);

create table alarm_notice (
  id          uuid primary key default gen_random_uuid(), -- the message id: the same however often it is sent
  event_id    bigint not null references alarm_event,
  alarm_id    bigint not null references alarm,
  channel     text not null,
  state       text not null default 'due' check (state in ('due', 'sent', 'withheld', 'failed')),
  held        boolean not null default false, -- its alarm comes and goes: due only after a while, if it still lasts then
  due_at      timestamptz not null,            -- a sender that takes it moves this on by its lease, so a dead one's is due again
  attempts    integer not null default 0,
  fence       bigint not null default 0,       -- grows with every taking: an older taking can no longer settle it
  content     text,                            -- fixed before it is sent for the first time, so that a repeat says the same
  because     text,                            -- what the receiver answered last, or why it was withheld
  created_at  timestamptz not null default clock_timestamp(),
  settled_at  timestamptz,
  unique (event_id, channel),
  check ((settled_at is null) = (state = 'due'))
);
create index alarm_notice_due on alarm_notice (channel, due_at) where state = 'due';
create index alarm_notice_settled on alarm_notice (settled_at) where settled_at is not null;
create index alarm_notice_alarm on alarm_notice (alarm_id, event_id);

-- What was open before this step is told too, once somebody listens.
insert into alarm_event (alarm_id, what, severity, sentence, times)
select id, 'raised', severity, sentence, times from alarm where cleared_at is null;
