create table t (a int, b int, c int);
create statistics two (dependencies, mcv) on a, c from t;
create statistics three on b, c, (a + b) from t;
alter statistics three set statistics 500;
