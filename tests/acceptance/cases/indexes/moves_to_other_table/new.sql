create table t (a int);
create table u (a int);
create index lookup on u (a);
