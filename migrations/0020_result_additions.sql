-- Risks that a package computes after the urgent work, for a result that stays as it was decided on: or why there are none.
create table result_addition (
  generation_id  uuid primary key references result,
  risks          jsonb,
  because        text, -- a sentence
  tensor_digest  bytea,
  provider       text,
  code_version   text,
  timings        jsonb,
  committed_at   timestamptz not null default clock_timestamp(),
  check ((risks is null) <> (because is null)),
  check ((risks is null) = (tensor_digest is null) and (risks is null) = (provider is null) and (risks is null) = (code_version is null) and (risks is null) = (timings is null))
);
