create table people (id int primary key, name text, born date);
create view adults as select id, name, born, name || '!' as greeting from people where born < '2000-01-01';
create view adult_names as select name from adults;
