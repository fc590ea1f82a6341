create table accounts (id int primary key, email text not null, org int not null, unique (org, email));
