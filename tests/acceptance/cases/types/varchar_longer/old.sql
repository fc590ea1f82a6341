create table companies (id int primary key, name varchar(50) not null, vat varchar(12));
