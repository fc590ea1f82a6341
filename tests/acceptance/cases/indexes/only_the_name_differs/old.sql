create table t (a int, b int);
create index idx_1 on t (a);
create unique index idx_2 on t (b);
