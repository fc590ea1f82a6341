create table people (id int primary key, name text);
create view listed as select name, id from people;
