create table t (id int not null, day date not null, primary key (id));
create view v as select id from t;
