create table a (id int) partition by range (id);
create table b (id int) partition by range (id);
create table part partition of b for values from (5) to (10);
