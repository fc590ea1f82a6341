create function f(i int) returns int language sql immutable as $$select i * 2$$; create table t (i int);
create index ti on t (f(i));
