create type comp as (x int, y text);
create table t (id int primary key, b comp[], c comp);
