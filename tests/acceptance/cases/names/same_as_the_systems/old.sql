create table pg_class (oid int, relname text);
