create function hours(a timestamp, b timestamp) returns double precision language sql immutable
    as $$ select extract(epoch from a - b) / 3600 $$;
create type shift as range (subtype = timestamp, subtype_diff = hours, multirange_type_name = shifts);
