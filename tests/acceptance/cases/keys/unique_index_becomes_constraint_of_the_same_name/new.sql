create table accounts (id int primary key, email text not null, constraint accounts_email unique (email));
