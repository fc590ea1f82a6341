create table lots (id int primary key, qty int not null default 1);
