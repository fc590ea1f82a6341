-- why: an identity's sequence is altered by its column
-- before
CREATE TABLE invoices (id bigint GENERATED ALWAYS AS IDENTITY);
-- after
CREATE TABLE invoices (id bigint GENERATED ALWAYS AS IDENTITY (INCREMENT BY 10));
-- expected
ALTER TABLE invoices ALTER COLUMN id SET INCREMENT BY 10;
