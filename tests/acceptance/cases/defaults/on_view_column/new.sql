create table orders (id int primary key, status text);
create view order_entry as select id, status from orders;
alter view order_entry alter status set default 'open';
alter view order_entry alter id set default 0;
