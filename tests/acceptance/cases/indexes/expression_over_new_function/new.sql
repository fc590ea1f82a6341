create function title_of(doc jsonb) returns text language sql immutable as $$ select doc ->> 'title' $$;
create table t (doc jsonb);
create index t_title on t (title_of(doc));
