create table zones (id int not null, name text);
