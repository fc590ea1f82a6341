create table customers (id serial primary key, email varchar(100) not null unique, plan varchar(20) not null default 'free' check (plan in ('free', 'pro')));
create table payments (id serial primary key, customer_id int not null references customers, amount numeric(8, 2) not null, paid_at timestamp);
create view revenue as select date_trunc('month', paid_at) as month, sum(amount) as total from payments group by 1;
