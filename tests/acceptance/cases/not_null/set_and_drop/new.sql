create table t (a int not null, b int, c text default 'x');
