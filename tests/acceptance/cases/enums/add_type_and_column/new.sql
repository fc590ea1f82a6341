create type severity as enum ('info', 'warning', 'error');
create table t (id int primary key, level severity not null default 'info');
