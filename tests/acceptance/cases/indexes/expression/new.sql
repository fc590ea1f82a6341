create table t (first text, last text, at timestamptz);
create index t_name on t (lower(last), (first || ' ' || last), date_trunc('day', at at time zone 'UTC'));
