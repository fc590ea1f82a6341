create table t (a text, b text, c jsonb);
create index t_a on t (a);
create index t_c on t using gin (c);
