create domain email as text check (value ~ '^[^@]+@[^@]+$');
create table lots (id int primary key, mail email not null);
