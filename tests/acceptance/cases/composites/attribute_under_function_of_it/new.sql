create type span as (low bigint, high integer, note text);
create function width(s span default null) returns bigint language sql
    begin atomic select 1; end;
