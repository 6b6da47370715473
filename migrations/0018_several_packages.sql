-- Several packages read a study, one after the other: each has its own selection, generation, result, decision and documents.

-- parts: packages that are done with it since it was pushed; the row is due again until all are. part_died: one of them ended without its purpose.
alter table work
  add column parts text[] not null default '{}',
  add column part_died boolean not null default false;

-- Whose word a decision is. Null: of the study as a whole, which nobody says any more.
alter table decision add column package_id text, add column package_title text;

update decision set package_id = g.package_id from generation g where g.id = decision.generation_id;
update decision set package_id = (select s.package_id from selection s where s.study_uid = decision.study_uid order by s.id desc limit 1)
where generation_id is null;
