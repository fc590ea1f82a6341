create table hits (path text, agent text);
alter table hits alter agent set statistics 1000, alter agent set (n_distinct = -0.2, n_distinct_inherited = 5);
