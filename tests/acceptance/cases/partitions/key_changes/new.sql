create table t (id int not null, day date not null) partition by hash (id);
create table t_all partition of t for values with (modulus 1, remainder 0);
