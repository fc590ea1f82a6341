create table top (e text) partition by list (e);
create table mid partition of top for values in ('x') partition by list (e);
create table low partition of mid default;
create index by_hash on mid using hash (e);
create index by_order on top (e);
