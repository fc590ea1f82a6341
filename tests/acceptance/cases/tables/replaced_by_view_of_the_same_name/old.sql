create table customers (id int primary key, name text not null, archived boolean not null);
create table archive (id int primary key, name text not null);
