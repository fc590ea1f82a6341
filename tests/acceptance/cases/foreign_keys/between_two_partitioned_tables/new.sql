create table orders (id int, region text, primary key (id, region)) partition by list (region);
create table orders_eu partition of orders for values in ('de', 'fr');
create table lines (order_id int, region text, n int, foreign key (order_id, region) references orders) partition by list (region);
create table lines_eu partition of lines for values in ('de', 'fr');
