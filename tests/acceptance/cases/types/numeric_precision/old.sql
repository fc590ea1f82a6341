create table rates (a numeric(8, 2), b numeric, c numeric(5));
