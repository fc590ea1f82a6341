create table rates (a numeric(10, 3), b numeric(24, 12) not null);
