create table accounts (id int primary key, email text, tenant int);
