create table invoices (id int primary key, note text);
