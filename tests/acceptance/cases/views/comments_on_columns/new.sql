create table t (a int);
create view v as select a, a + 1 as b from t;
comment on column v.b is 'the next one';
