create table t (a int);
create view one as select a from t;
create view two as select a from one;
