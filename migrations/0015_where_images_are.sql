-- Which node holds the file of an image, so that a host without it can read it from there. For images a node is a spool and no process:
-- its folder outlives the processes that receive into it. The row of the image says it, whoever brought it. Null: nobody noted it.
alter table instance add column node uuid; -- spool.id
update instance set node = a.spool from association a where a.id = instance.association_id and a.spool is not null;
alter table association drop column spool;

-- What the process that receives into a spool says of it: that it lives, and where others read from it.
alter table spool
  add column address text,          -- under it the objects are read over WADO-RS; null: they are not served
  add column silent_after interval, -- not heard of for this long: the node is away
  add column heard_at timestamptz,  -- null: never
  add column last_absence interval; -- how long it was away when it was away last

-- Studies whose images lie on a node that cannot be read from now, and so wait to be scored. The row ends when they can be read.
create table image_wait (
  study_uid  text primary key references study,
  node       uuid not null,                   -- spool.id
  images     integer not null,                -- that it holds and that are not here yet
  because    text not null,
  since      timestamptz not null default clock_timestamp(),
  tried_at   timestamptz not null default clock_timestamp()
);
create index image_wait_node on image_wait (node, since);
