create table people (id int primary key, born date);
create view years as select id, extract(year from born)::bigint as year from people;
create view decades as select year / 10 * 10 as decade, count(*) from years group by 1;
