create table a (id int) partition by range (id);
create table b (id int) partition by range (id);
create table part partition of a for values from (0) to (10);
