-- What a risk is about whose publishers' sources disagree, as the site has confirmed it: until then its score is kept and not told.
create table risk_confirmation (
  package_id    text not null,
  risk          text not null,     -- the label's key in the package
  disease       text not null check (disease in ('osteoporosis', 'chronic-liver-disease')),
  confirmed_by  text not null,
  confirmed_at  timestamptz not null default clock_timestamp(),
  primary key (package_id, risk)
);

-- The scores of phenotypes, in single precision as the network computes them, in the order of their package's labels. A result of before has them among its scores,
-- each with its name and code.
create table phenotype_labels (
  package_digest  bytea primary key,
  labels          jsonb not null -- [{"key": …, "label": …, "code": …}]
);
alter table result add column phenotypes real[];
