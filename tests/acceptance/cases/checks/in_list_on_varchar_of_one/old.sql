create table orders (status varchar(20) check (status in ('new')), kind varchar check (kind not in ('x', 'y')));
