create sequence counter;
create table t (id int primary key default nextval('counter'));
alter sequence counter owned by t.id;
