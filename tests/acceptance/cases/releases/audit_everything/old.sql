create table accounts (id int primary key, name text);
create table invoices (id int primary key, account_id int references accounts, total numeric);
