create table limits (a text default 'ten', b bigint default 10, c numeric(8, 3) default 1.5, d timestamptz default now());
