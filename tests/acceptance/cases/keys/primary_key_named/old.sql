create table zones (id int primary key);
create table places (id int primary key, zone int references zones);
