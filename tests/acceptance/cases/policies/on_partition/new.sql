create table t (a int) partition by list (a);
create table t_1 partition of t for values in (1);
create table t_2 partition of t for values in (2);
alter table t_1 enable row level security;
alter table t_2 enable row level security;
create policy p on t_2 using (a = 2);
