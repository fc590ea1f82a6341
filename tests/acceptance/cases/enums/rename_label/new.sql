create type size as enum ('small', 'large');
create table t (s size default 'large');
