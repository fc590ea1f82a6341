create table accounts (id int primary key, email text not null);
create unique index accounts_email on accounts (email);
