create table people (id int primary key, kind varchar(10));
create view staff as select * from people where kind in ('clerk', 'boss', 'temp') and id > 0;
