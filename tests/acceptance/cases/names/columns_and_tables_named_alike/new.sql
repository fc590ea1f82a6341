create type state as enum ('status', 'orders');
create table status (status state, state state[]);
create table orders (status state default 'status', orders int);
create view state_of_orders as select o.status, s.status as "state" from orders o join status s on s.status = o.status;
