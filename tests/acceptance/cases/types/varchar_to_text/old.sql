create table companies (id int primary key, name varchar(50) not null unique, code char(3));
