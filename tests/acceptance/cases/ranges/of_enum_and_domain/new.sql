create type grade as enum ('a', 'b', 'c');
create type grades as range (subtype = grade);
create domain cents as bigint;
create type cents_range as range (subtype = cents);
