create table orders (
    id bigint primary key, note text, price bigint, at date default now(),
    twice bigint generated always as (price * 2) stored
);
create function cost(o orders) returns numeric language sql
    begin atomic select count(*) from (select o) x; end;
create view costs as select id, cost(o) from orders o;
comment on function cost is 'of an order';
