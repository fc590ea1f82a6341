-- why: only what changes is said; where it stands is kept
-- before
CREATE SEQUENCE invoice_numbers START WITH 100;
-- after
CREATE SEQUENCE invoice_numbers START WITH 100 INCREMENT BY 5;
-- expected
ALTER SEQUENCE invoice_numbers INCREMENT BY 5;
