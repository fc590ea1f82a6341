create table audits (at timestamptz not null default now(), until timestamptz(3), day timestamptz);
create index audits_at on audits (at desc);
