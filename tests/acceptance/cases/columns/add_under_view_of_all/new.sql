create table people (first_name text, last_name text, phone text);
create view directory as select * from people;
