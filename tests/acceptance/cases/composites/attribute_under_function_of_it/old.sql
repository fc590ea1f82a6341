create type span as (low integer, high integer);
create function width(s span default null) returns bigint language sql
    begin atomic select 1; end;
