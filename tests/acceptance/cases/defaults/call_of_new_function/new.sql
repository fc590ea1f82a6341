create sequence order_numbers;
create function next_order_number() returns text language sql volatile
    as $$ select 'A-' || lpad(nextval('order_numbers')::text, 8, '0') $$;
create table orders (id int primary key, number text not null default next_order_number());
