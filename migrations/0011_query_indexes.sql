-- What a query over the archive of a site asks for: indexes that serve it at a million studies. No table grows by them but
-- their own pages; none is touched per image but the empty one of conflicts.

-- Lists are paged newest first.
create index study_newest on study (first_received_at desc, study_uid);

-- Exact and prefix matching, whatever the collation of the database. Names match without regard to case.
create index study_patient_id on study (patient_id text_pattern_ops);
create index study_accession_prefix on study (accession text_pattern_ops);
create index study_patient_name on study (lower(patient_name) text_pattern_ops);
create index study_date on study (study_date, study_uid);
create index series_modality on series (modality, study_uid);

-- Of a UID that is known with several contents, one counts.
create index instance_conflict on instance (study_uid, series_uid, sop_uid) where conflict;

-- Viewers ask for parts of names, numbers and descriptions (*JANE*), which only trigrams find without reading every study. They
-- come with PostgreSQL's contributed modules; where a site's server lacks those, such a question reads the whole table.
do $$
begin
  create extension if not exists pg_trgm;
  create index study_parts on study using gin
    (lower(patient_name) gin_trgm_ops, patient_id gin_trgm_ops, accession gin_trgm_ops, description gin_trgm_ops);
exception when insufficient_privilege or undefined_file or feature_not_supported or undefined_object then
  raise notice 'pg_trgm cannot be had here: parts of names and numbers are looked for in the whole table.';
end $$;
