create function good(points int) returns boolean language sql immutable as $$ select points >= 0 $$;
create table scores (points int check (good(points)));
