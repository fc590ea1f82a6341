create table t (id bigint generated always as identity, day date) partition by range (day);
create table t_old partition of t for values from (minvalue) to ('2024-01-01');
