create table t (a int, b int);
create view v with (security_invoker = true) as select a from t;
create view w as select a from t;
