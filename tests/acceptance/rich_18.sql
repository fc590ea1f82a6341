-- What only PostgreSQL 18 knows, added to the rich tenant.
create table modern (
    id integer constraint "must be" not null,
    v integer generated always as (id * 2) virtual,
    w integer not null no inherit,
    x integer,
    rooms int4range,
    during daterange,
    constraint small check (x < 10) not enforced,
    primary key (rooms, during without overlaps)
);
alter table modern add constraint x_set not null x not valid;
create table computed (a integer, v integer generated always as (a * 2) virtual);
create table modern_child (x integer not null) inherits (modern);
create table modern_ref (
    rooms int4range,
    during daterange,
    "order" integer references "Order" (id) not enforced,
    foreign key (rooms, period during) references modern (rooms, period during)
);
comment on constraint x_set on modern is 'x';
create table modern_parts (id integer generated always as identity, k integer not null)
    partition by list (k);
create table modern_parts_1 partition of modern_parts for values in (1);
alter table modern_parts add constraint of_order foreign key (k) references "Order" (id) not valid;
