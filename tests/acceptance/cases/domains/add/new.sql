create domain percent as numeric(5, 2) default 0 not null check (value between 0 and 100);
create table t (id int primary key, p percent);
