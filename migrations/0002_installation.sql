-- Who this installation is to its receivers. Drawn once, so that a test system and a production system that feed one PACS
-- are two devices with series and tracking UIDs of their own. A restored copy is the same installation; one that lives
-- beside its original needs Delivery:SerialNumber.
create table installation (
  singleton      boolean primary key default true check (singleton),
  serial_number  text not null,
  made_at        timestamptz not null default clock_timestamp()
);
insert into installation (serial_number) values (gen_random_uuid()::text);
insert into audit (actor, event, detail)
select 'migration', 'installation.named', jsonb_build_object('serialNumber', serial_number) from installation;
