create table t (a int);
create table gone (a int);
create sequence s owned by gone.a;
