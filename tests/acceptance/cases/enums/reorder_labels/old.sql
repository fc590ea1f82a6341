create type size as enum ('small', 'large', 'medium');
create table t (s size, array_of size[], unique (s));
