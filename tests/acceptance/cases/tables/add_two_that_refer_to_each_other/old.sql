create table regions (id int primary key);
