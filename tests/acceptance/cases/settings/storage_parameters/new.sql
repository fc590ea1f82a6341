create table t (a int, b text) with (fillfactor = 70, autovacuum_enabled = false, toast.autovacuum_enabled = false);
create table u (a int, b text) with (parallel_workers = 4);
