create function f(i int) returns int language sql immutable as $$select i$$; create table t (i int);
