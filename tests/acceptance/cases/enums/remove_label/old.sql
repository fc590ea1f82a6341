create type severity as enum ('info', 'warning', 'error');
create table t (level severity not null);
