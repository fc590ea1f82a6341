create table flags (active boolean not null default true);
