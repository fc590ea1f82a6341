create table rates (a numeric(12, 2) not null, b numeric, c numeric(6, 1) default 4);
