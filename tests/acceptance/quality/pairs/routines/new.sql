-- why: what does not exist is created, and not replaced; only what is not the usual is said
-- before
-- after
CREATE FUNCTION add_tax(amount numeric, rate numeric DEFAULT 0.2) RETURNS numeric IMMUTABLE STRICT LANGUAGE sql AS 'SELECT amount * (1 + rate)';
CREATE PROCEDURE tidy() LANGUAGE plpgsql AS 'BEGIN NULL; END';
-- expected
CREATE FUNCTION add_tax(amount numeric, rate numeric DEFAULT 0.2) RETURNS numeric
    LANGUAGE sql
    IMMUTABLE STRICT
    AS $$SELECT amount * (1 + rate)$$;
CREATE PROCEDURE tidy()
    LANGUAGE plpgsql
    AS $$BEGIN NULL; END$$;
