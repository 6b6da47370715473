-- Which spool holds a file, so that a host without it can read it from there. Null in rows from before: whoever has the file.
alter table instance add column node text;

-- The spools there are. A node is a folder and not a process: its name is kept in the folder, and whoever serves it says so here.
create table spool (
  node          text primary key,
  host          text not null,
  address       text,                         -- under it the objects are read over WADO-RS; null: they are not served
  silent_after  interval not null,            -- not heard of for this long: whoever serves it is away
  seen_at       timestamptz not null default clock_timestamp(),
  last_absence  interval                      -- how long it was away when it was away last
);

-- Studies whose images lie on a node that cannot be read from now, and so wait to be scored. The row ends when they can be read.
create table image_wait (
  study_uid  text primary key references study,
  node       text not null,
  images     integer not null,                -- that it holds and that are not here yet
  because    text not null,
  since      timestamptz not null default clock_timestamp(),
  tried_at   timestamptz not null default clock_timestamp()
);
create index image_wait_node on image_wait (node, since);
