create table t (first text, last text, at timestamptz);
create index t_name on t (lower(last));
