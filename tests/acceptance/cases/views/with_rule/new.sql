create table t (a int);
create view v as select a, a as twice from t;
create rule v_insert as on insert to v do instead insert into t values (new.twice);
