create table audits (at timestamp not null default now(), until timestamp(0), day date);
create index audits_at on audits (at desc);
