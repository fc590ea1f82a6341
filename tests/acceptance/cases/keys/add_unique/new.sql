create table accounts (id int primary key, email text unique, tenant int, unique (tenant, email));
