create domain percent as int check (value >= 0);
create table t (id int primary key, p percent);
