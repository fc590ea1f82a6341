create type switch as enum ('on', 'off');
create table t (state switch not null default 'on');
create index t_state on t (state) where state = 'on';
