CREATE TABLE job (price numeric);
