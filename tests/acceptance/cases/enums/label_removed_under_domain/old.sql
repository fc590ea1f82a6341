create type kind as enum ('a', 'b', 'c');
create domain kind_or_a as kind default 'a' check (value <> 'b');
create table t (d kind_or_a);
