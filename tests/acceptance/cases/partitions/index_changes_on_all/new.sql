create table t (id int, v text) partition by hash (id);
create table t_0 partition of t for values with (modulus 1, remainder 0);
create index t_v on t (v desc, id);
