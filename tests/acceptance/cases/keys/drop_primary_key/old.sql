create table zones (id int not null primary key, name text);
