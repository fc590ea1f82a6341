create type severity as enum ('info', 'warning');
create table t (level severity);
