create table companies (id int primary key, name varchar(200) not null, vat varchar(16));
