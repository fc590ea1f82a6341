create type severity as enum ('info', 'error', 'fatal');
create table t (level severity not null default 'fatal');
