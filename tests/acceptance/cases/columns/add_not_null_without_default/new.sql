create table tickets (id int primary key, reporter uuid not null);
