create table accounts (id int primary key, email text not null unique, org int not null);
