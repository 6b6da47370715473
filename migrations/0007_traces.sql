-- One trace for each study, from its first image to its last delivery, over processes and hours (W3C Trace Context, traceparent).
-- Empty where nobody traces. A study's is that of its first image; a row of work carries its pusher's, which leads back to it.
alter table study add column traceparent text;
alter table work add column traceparent text;

-- Outside the database a UID appears as a keyed digest: UIDs are made of roots and times, so a plain one could be guessed back.
-- The key never leaves the database and the memory of our processes.
alter table installation add column uid_key bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
