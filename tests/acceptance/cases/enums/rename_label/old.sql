create type size as enum ('small', 'big');
create table t (s size default 'big');
