create type address as (street text, city text, country char(2));
create table companies (id int primary key, name text, billing address, shipping address, phones text[]);
create function one_line(a address) returns text language sql immutable as $$ select a.street || ', ' || a.city $$;
create view labels as select id, name, one_line(shipping) as label from companies;
