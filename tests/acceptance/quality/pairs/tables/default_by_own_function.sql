-- why: what a table calls is there before it
-- before
-- after
CREATE FUNCTION new_code() RETURNS text LANGUAGE sql AS 'SELECT md5(random()::text)';
CREATE TABLE coupons (code text PRIMARY KEY DEFAULT new_code());
-- expected
CREATE FUNCTION new_code() RETURNS text
    LANGUAGE sql
    AS $$SELECT md5(random()::text)$$;
CREATE TABLE coupons (
    code text DEFAULT new_code() NOT NULL,
    CONSTRAINT coupons_pkey PRIMARY KEY (code)
);
