create table contacts (id int primary key);
