create table orders (id int primary key, status varchar(20) not null default 'new' check (status in ('new', 'paid')));
