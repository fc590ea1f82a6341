create table flags (active smallint not null default 1);
