create table t (a bigint, b int);
create view left_side as select a from t;
create view right_side as select b from t;
create view both_sides as select l.a, r.b from left_side l, right_side r;
