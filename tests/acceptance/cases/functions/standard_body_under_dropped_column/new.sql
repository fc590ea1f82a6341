create table t (a int);
create function total() returns bigint language sql stable begin atomic select sum(a) from t; end;
