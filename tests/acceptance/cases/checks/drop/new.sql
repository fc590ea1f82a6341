create table offers (id int primary key, discount int);
