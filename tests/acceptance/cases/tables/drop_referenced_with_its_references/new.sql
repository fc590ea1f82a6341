create table carts (id uuid primary key, total numeric(12, 2));
