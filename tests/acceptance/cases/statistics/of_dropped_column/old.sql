create table t (a int, b int, c int);
create statistics ab on a, b from t;
