create table t (a int, changed timestamptz);
