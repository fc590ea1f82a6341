create type p as (x int, z int);
create table t (id int, at p);
