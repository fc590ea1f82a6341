create table orders (id int primary key, customer int, amount numeric);
create view z_base as select * from orders;
create view m_middle as select customer, sum(amount) as due from z_base group by customer;
create view a_top as select customer from m_middle where due > 10;
