create table people (first_name text, last_name text);
create view directory as select * from people;
create view sorted as select * from directory order by last_name;
