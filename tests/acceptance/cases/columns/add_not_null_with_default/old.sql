create table tickets (id int primary key);
