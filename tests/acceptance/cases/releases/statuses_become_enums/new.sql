create type order_status as enum ('new', 'paid', 'sent', 'lost');
create type return_status as enum ('open', 'closed');
create table orders (id int primary key, status order_status not null default 'new');
create table returns (id int primary key, order_id int references orders, status return_status not null default 'open');
create index orders_open on orders (id) where status <> 'sent';
create view workload as select status, count(*) from orders group by status;
create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
create trigger on_status after update of status on orders for each row when (old.status is distinct from new.status) execute function touch();
