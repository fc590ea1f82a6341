create table hooks (id int primary key, body text not null);
