-- why: to own it is one option among others
-- before
CREATE TABLE invoices (number bigint);
CREATE SEQUENCE invoice_numbers;
-- after
CREATE TABLE invoices (number bigint);
CREATE SEQUENCE invoice_numbers OWNED BY invoices.number;
-- expected
ALTER SEQUENCE invoice_numbers OWNED BY invoices.number;
