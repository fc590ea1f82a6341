create table lines (qty int, price numeric(8, 2), total numeric generated always as (qty * price) stored);
