create table tickets (id int primary key, priority smallint default 3);
