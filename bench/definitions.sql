-- Every definition, as text; the sum of their lengths comes back.
set search_path = '';
select (select sum(length(pg_get_constraintdef(oid))) from pg_constraint),
    (select sum(length(pg_get_indexdef(indexrelid))) from pg_index),
    (select sum(length(pg_get_expr(adbin, adrelid))) from pg_attrdef),
    (select sum(length(attname || format_type(atttypid, atttypmod)))
        from pg_attribute where attnum > 0),
    (select sum(length(relname)) from pg_class)
