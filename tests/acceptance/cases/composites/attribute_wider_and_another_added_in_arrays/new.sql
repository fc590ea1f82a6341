create type comp as (x bigint, y text, z date);
create table t (id int primary key, b comp[], c comp);
