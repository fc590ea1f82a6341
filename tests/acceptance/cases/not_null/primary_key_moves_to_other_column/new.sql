create table t (a int, b uuid primary key);
