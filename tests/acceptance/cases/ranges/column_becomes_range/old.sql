create table t (since date, until date);
