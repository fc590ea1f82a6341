create domain base as text check (value <> '');
create table t (b base);
