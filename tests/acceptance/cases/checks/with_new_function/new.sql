create function iban_ok(iban text) returns boolean language sql immutable strict
    as $$ select iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$' $$;
create table ibans (iban text not null constraint iban_valid check (iban_ok(iban)));
