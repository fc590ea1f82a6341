create table t (a int, b int);
create function total() returns bigint language sql stable begin atomic select sum(a + b) from t; end;
create function twice(x int) returns int immutable return x * 2;
