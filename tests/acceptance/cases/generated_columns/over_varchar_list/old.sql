create table t (status varchar(9), open boolean generated always as (status in ('new', 'held')) stored);
