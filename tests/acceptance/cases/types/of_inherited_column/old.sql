create table base (id int, price int);
create table more (extra text) inherits (base);
