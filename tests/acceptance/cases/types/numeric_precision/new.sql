create table rates (a numeric(12, 4), b numeric(20, 6), c numeric);
