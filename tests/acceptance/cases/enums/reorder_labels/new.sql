create type size as enum ('small', 'medium', 'large');
create table t (s size, array_of size[], unique (s));
