create table t (a int, b int);
create view v as select a from t;
create view w with (security_barrier) as select a from t;
