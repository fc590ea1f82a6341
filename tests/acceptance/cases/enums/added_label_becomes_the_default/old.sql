create type severity as enum ('info', 'error');
create table t (level severity not null default 'error');
