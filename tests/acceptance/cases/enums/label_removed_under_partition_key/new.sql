create type region as enum ('eu', 'us');
create table t (r region not null, n int) partition by list (r);
create table t_eu partition of t for values in ('eu');
