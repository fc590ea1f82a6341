create function norm(x text) returns text language sql immutable as $$ select lower(x) $$;
create table t (x text);
create index t_norm on t (norm(x));
