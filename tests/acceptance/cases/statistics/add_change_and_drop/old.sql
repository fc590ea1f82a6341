create table t (a int, b int, c int);
create statistics one on a, b from t;
create statistics two (ndistinct) on a, c from t;
