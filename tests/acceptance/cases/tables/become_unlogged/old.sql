create table sessions (id uuid primary key, data jsonb not null default '{}');
