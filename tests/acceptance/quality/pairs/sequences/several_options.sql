-- why: several options are one statement
-- before
CREATE SEQUENCE invoice_numbers;
-- after
CREATE SEQUENCE invoice_numbers MAXVALUE 9999 CACHE 20 CYCLE;
-- expected
ALTER SEQUENCE invoice_numbers MAXVALUE 9999 CACHE 20 CYCLE;
