create type span as range (subtype = timestamptz);
create table t (s span);
