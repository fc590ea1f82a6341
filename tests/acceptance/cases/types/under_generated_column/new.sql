create table lines (qty bigint, price numeric(14, 4), total numeric generated always as (qty * price) stored);
