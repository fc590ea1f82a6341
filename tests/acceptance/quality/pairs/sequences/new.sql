-- why: only what is not the usual is said; a column's own sequence is said to be
-- before
CREATE TABLE invoices (number bigint);
-- after
CREATE TABLE invoices (number bigint);
CREATE SEQUENCE invoice_numbers START WITH 1000 OWNED BY invoices.number;
CREATE SEQUENCE tickets AS integer;
-- expected
CREATE SEQUENCE invoice_numbers START WITH 1000 OWNED BY invoices.number;
CREATE SEQUENCE tickets AS integer;
