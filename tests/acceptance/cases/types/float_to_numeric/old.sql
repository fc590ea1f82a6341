create table rates (a real, b double precision not null);
