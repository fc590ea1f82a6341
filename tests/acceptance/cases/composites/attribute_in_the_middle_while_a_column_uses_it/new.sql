create type p as (x int, y int, z int);
create table t (id int, at p);
