create domain code as text;
create table t (c code);
