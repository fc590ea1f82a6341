create type span as range (subtype = date);
create table t (s span);
