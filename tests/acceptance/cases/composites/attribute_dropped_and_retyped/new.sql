create type money_amount as (amount numeric(14, 4), currency char(3));
create function zero() returns money_amount language sql immutable as $$ select 0, 'EUR' $$;
