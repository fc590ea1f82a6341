-- why: names are quoted where they must be, and nowhere else
-- before
-- after
CREATE TABLE "Order" (id bigint PRIMARY KEY, "user" text, "firstName" text, status text);
-- expected
CREATE TABLE "Order" (
    id bigint NOT NULL,
    "user" text,
    "firstName" text,
    status text,
    CONSTRAINT "Order_pkey" PRIMARY KEY (id)
);
