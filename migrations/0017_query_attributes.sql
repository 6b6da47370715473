-- What every query has to answer with, and could not without reading a file of each match: the required keys of PS3.4, table C.6-2 and
-- following. Images that came before this step have none of them in their rows; their files have.
alter table study
  add column study_id text,
  add column referring_physician text;
alter table series add column number integer;
alter table instance add column number integer;
