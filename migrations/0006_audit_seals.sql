-- The chain over the ledger. Rows are sealed in batches in (xid, id) order once their transactions can no longer change;
-- a seal says which rows it covers and carries the digest of the seal before it. Nothing is ever updated.

-- In which cluster a row's xid counts. Transaction numbers start anew in another cluster, so a restored row's says nothing there.
do $$ begin
  -- As a constant first: rows that are there already were written here, and the table is not rewritten.
  execute format('alter table audit add column cluster bigint not null default %s', (pg_control_system()).system_identifier);
end $$;
alter table audit alter column cluster set default (pg_control_system()).system_identifier;
create index audit_order on audit (cluster, xid, id); -- what is not sealed yet is found behind the last seal's place

create table audit_seal (
  seq        bigint primary key check (seq > 0),   -- without a gap
  epoch      integer not null check (epoch > 0),   -- within one, xids only grow
  cluster    bigint not null,
  floor_id   bigint not null,                      -- all rows of the epoch have greater ids
  first_xid  xid8 not null,
  first_id   bigint not null,
  last_xid   xid8 not null,
  last_id    bigint not null,
  top_id     bigint not null,                      -- the greatest id sealed so far
  rows       integer not null check (rows > 0),
  total      bigint not null check (total >= rows),-- rows sealed so far
  sealed_at  timestamptz not null,
  content    bytea not null check (length(content) = 32),  -- SHA-256 over the rows' SHA-256
  previous   bytea not null unique check (length(previous) = 32), -- unique: the chain cannot fork; zeros before the first
  hash       bytea not null unique check (length(hash) = 32),     -- SHA-256 over all the above but marks
  marks      bytea not null check (length(marks) = 16 * rows)     -- id and first eight bytes of the SHA-256 of each row: to name the row at fault
);
create index audit_seal_epoch on audit_seal (epoch, seq);

create or replace function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception '% rows are never changed or removed (%)', tg_table_name, tg_op using errcode = 'insufficient_privilege';
end $$;
create trigger audit_seal_append_only before update or delete on audit_seal
  for each row execute function audit_is_append_only();
create trigger audit_seal_no_truncate before truncate on audit_seal
  for each statement execute function audit_is_append_only();
-- Also where session_replication_role turns other triggers off.
alter table audit enable always trigger audit_append_only;
alter table audit enable always trigger audit_no_truncate;
alter table audit_seal enable always trigger audit_seal_append_only;
alter table audit_seal enable always trigger audit_seal_no_truncate;
