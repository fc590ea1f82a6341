create table skus (code text, price numeric, unique (code) include (price));
