create table orders (id int primary key, customer int, amount numeric, paid boolean);
create view open_orders as select * from orders where not paid;
create view open_by_customer as select customer, count(*) as n, sum(amount) as due from open_orders group by customer;
create view big_debtors as select customer from open_by_customer where due > 1000;
