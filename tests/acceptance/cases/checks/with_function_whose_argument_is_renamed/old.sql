create function good(x int) returns boolean language sql immutable as $$ select x > 0 $$;
create table scores (points int check (good(points)));
