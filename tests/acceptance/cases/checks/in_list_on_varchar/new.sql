create table orders (status varchar(20) not null default 'new' check (status in ('new', 'paid', 'refunded')));
