create table people (first_name text, last_name text);
create view directory as select * from people;
