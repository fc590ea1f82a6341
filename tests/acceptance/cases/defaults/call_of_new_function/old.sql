create table orders (id int primary key, number text not null);
