create table base (id bigint, price numeric);
create table more (extra text) inherits (base);
