create type p as (x bigint, z int);
create table t (id int, at p);
