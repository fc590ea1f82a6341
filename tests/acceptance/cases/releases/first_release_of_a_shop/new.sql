create type order_state as enum ('cart', 'placed', 'shipped', 'returned');
create domain money_amount as numeric(12, 2) default 0 not null check (value >= 0);
create sequence invoice_numbers start 10000;
create table customers (
    id bigint generated always as identity primary key,
    email varchar(320) not null,
    settings jsonb not null default '{}',
    created_at timestamptz not null default now()
);
create unique index customers_email on customers (lower(email));
create table products (
    id bigint generated always as identity primary key,
    sku varchar(40) not null unique,
    title text not null,
    price money_amount,
    tags text[] not null default '{}',
    search tsvector generated always as (to_tsvector('english', title)) stored,
    check (sku = upper(sku))
);
create index products_search on products using gin (search);
create index products_tags on products using gin (tags);
create table orders (
    id bigint generated always as identity primary key,
    customer_id bigint not null references customers on delete restrict,
    state order_state not null default 'cart',
    invoice_number bigint unique default nextval('invoice_numbers'),
    placed_at timestamptz,
    check ((state = 'cart') = (placed_at is null))
);
create table order_lines (
    order_id bigint references orders on delete cascade,
    position smallint check (position > 0),
    product_id bigint not null references products,
    quantity int not null default 1 check (quantity > 0),
    price money_amount,
    total numeric generated always as (quantity * price::numeric) stored,
    primary key (order_id, position)
);
create index order_lines_product on order_lines (product_id);
create view order_totals as select order_id, sum(total) as total from order_lines group by order_id;
create materialized view best_sellers as
    select product_id, sum(quantity) as sold from order_lines group by product_id order by 2 desc limit 100;
create unique index best_sellers_key on best_sellers (product_id);
create function place(wanted bigint) returns orders language plpgsql as $$
declare
    placed orders;
begin
    update orders set state = 'placed', placed_at = now() where id = wanted returning * into placed;
    return placed;
end
$$;
create function no_changes() returns trigger language plpgsql as $$ begin raise exception 'shipped'; end $$;
create trigger shipped_is_final before update or delete on orders
    for each row when (old.state = 'shipped') execute function no_changes();
comment on table orders is 'One row a basket, from the first item on';
