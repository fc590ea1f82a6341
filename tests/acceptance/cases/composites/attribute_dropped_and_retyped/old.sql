create type money_amount as (amount numeric(10, 2), currency char(3), note text);
create function zero() returns money_amount language sql immutable as $$ select 0, 'EUR', '' $$;
