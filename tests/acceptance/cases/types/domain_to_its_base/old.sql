create domain positive as int check (value > 0);
create table lots (id positive primary key, qty positive not null default 1);
