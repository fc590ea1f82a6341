create table orders (status varchar(20) check (status in ('new', 'old')), kind varchar check (kind not in ('x')));
