create table devices (id int primary key);
