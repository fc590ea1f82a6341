create type order_status as enum ('new', 'paid');
create table orders (id int primary key, status order_status not null default 'new');
