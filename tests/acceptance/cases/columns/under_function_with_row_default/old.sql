create table orders (id bigint primary key, note text, price integer);
create function named(o orders default null) returns text language plpgsql
    as 'begin return o.note; end';
