create table t (a int, tags text[], at timestamptz, area box);
create index t_a on t (a);
create index t_tags on t using gin (tags) with (fastupdate = off);
create index t_at on t using brin (at) with (pages_per_range = 16);
create index t_area on t using gist (area);
