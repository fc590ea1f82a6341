create table t (id int not null, day date not null);
create view v as select id from t;
