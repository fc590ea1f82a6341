create type grade as enum ('a', 'b', 'c');
create domain cents as bigint;
