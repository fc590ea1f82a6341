create table t (a int, b int, c text);
create index t_b on t (b desc nulls last, a);
create index t_c on t (c);
