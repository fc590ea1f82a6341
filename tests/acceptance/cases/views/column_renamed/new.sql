create table people (id int primary key, name text);
create view listed as select id, name as label from people;
