create table exchange (base char(3) not null, quote char(3) not null, rate numeric(18, 8) not null);
