create table invoices (id int primary key, note text, fax varchar(20));
