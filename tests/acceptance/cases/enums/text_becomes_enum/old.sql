create table t (state text not null default 'on', check (state in ('on', 'off')));
create index t_state on t (state) where state = 'on';
