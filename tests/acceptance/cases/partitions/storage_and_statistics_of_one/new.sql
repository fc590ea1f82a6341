create table t (id int, v text) partition by range (id);
create table t_1 partition of t for values from (0) to (10) with (fillfactor = 80);
alter table t_1 alter v set statistics 200;
