create type address as (street text, zip varchar(10), "Country Code" char(2));
create table t (id int primary key, home address, others address[]);
