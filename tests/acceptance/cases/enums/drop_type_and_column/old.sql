create type severity as enum ('info', 'warning', 'error');
create table t (id int primary key, level severity not null default 'info');
create index t_level on t (level) where level > 'info';
