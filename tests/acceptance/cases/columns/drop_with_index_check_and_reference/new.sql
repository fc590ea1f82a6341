create table taxes (id int primary key);
create table invoices (id int primary key);
