create table t (id int not null, day date not null) partition by range (day);
create table t_all partition of t default;
create view v as select id from t;
