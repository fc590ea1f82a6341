create table prices (sku text primary key, amount numeric);
create function price_of(wanted text) returns prices language sql stable
    as $$ select p from prices p where p.sku = wanted $$;
