create table orders (id int primary key, status varchar(20) not null default 'new', check (status in ('new', 'paid', 'sent')));
create table returns (id int primary key, order_id int references orders, status varchar(20) not null default 'open' check (status in ('open', 'closed')));
create index orders_open on orders (id) where status <> 'sent';
create view workload as select status, count(*) from orders group by status;
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger on_status after update of status on orders for each row when (old.status is distinct from new.status) execute function touch();
