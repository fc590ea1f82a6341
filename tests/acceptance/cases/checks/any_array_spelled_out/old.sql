create table orders (status varchar(20) check (status = any (array['a', 'b'])));
