create domain amount as bigint check (value > 0);
create table t (a amount not null default 5, list amount[]);
create view v as select a from t;
