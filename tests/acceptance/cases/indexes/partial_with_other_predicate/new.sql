create table t (a int, state varchar(10), gone timestamptz);
create index t_a on t (a) where gone is null and state not in ('x', 'y');
