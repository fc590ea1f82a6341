create table orders (id int primary key, day date, amount numeric);
create materialized view daily_totals as select day, sum(amount) as total from orders group by day;
