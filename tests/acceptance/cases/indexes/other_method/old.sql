create table t (a int, tags text[], at timestamptz, area box);
create index t_a on t using hash (a);
