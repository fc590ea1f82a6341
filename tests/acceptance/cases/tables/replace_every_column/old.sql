create table exchange (gbp numeric not null, usd numeric not null);
