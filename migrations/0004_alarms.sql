-- What needs an administrator, one row from when it is raised to when it is over. The same trouble told again while its
-- row is open counts on in that row, so a fault that comes a thousand times is one alarm, not a thousand mails.
create table alarm (
  id            bigint generated always as identity primary key,
  kind          text not null check (kind ~ '^[a-z]+(\.[a-z-]+)+$'),
  subject       text not null default '',  -- what it is about within its kind: a destination, a process, a volume
  severity      text not null check (severity in ('warning', 'critical')),
  sentence      text not null,
  raised_at     timestamptz not null default clock_timestamp(),
  last_seen_at  timestamptz not null default clock_timestamp(),
  times         integer not null default 1,
  cleared_at    timestamptz,
  cleared_because text,
  check ((cleared_at is null) = (cleared_because is null))
);
create unique index alarm_open on alarm (kind, subject) where cleared_at is null;
create index alarm_raised on alarm (raised_at desc);
