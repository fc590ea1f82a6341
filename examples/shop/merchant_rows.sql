-- A merchant's first customers and orders; the search path begins with the merchant's schema.
insert into customers (email, name)
select 'customer' || n || '@example.org', 'Customer ' || n from generate_series(1, 20) n;
insert into categories (name) values ('Books'), ('Games');
insert into products (name, unit_code, state)
select 'Product ' || n, 'pc', 'on_sale' from generate_series(1, 10) n;
insert into product_categories (product_id, category_id) select id, 1 + id % 2 from products;
insert into product_variants (product_id, sku, price)
select id, 'SKU-' || id, 5 + id from products;
insert into orders (number, customer_id, currency_code)
select 'A' || lpad(n::text, 5, '0'), n, 'EUR' from generate_series(1, 20) n;
insert into order_lines (order_id, variant_id, quantity, price)
select o.id, v.id, 1 + v.id % 3, v.price from orders o join product_variants v on (o.id + v.id) % 5 = 0;
insert into payments (order_id, amount) select id, 10 from orders where id % 2 = 0;
insert into reviews (product_id, stars) select id, 1 + id % 5 from products;
