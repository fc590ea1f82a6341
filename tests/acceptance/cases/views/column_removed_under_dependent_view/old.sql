create table people (id int primary key, name text, born date);
create view adults as select id, name, born from people;
create view adult_names as select name, id from adults;
comment on view adult_names is 'For the mailing';
