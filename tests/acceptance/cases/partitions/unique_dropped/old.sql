create table t (id int not null, v text, constraint t_u unique (id, v)) partition by hash (id);
create table t_0 partition of t for values with (modulus 1, remainder 0);
