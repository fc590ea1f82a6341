create type a as enum ('x', 'y');
create type b as enum ('x', 'y', 'z');
create table t (v b not null default 'y');
