create table t (a int, b text) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.1);
create table u (a int, b text);
