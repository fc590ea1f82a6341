create table lots (id int primary key, mail text not null);
