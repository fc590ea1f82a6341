create table t (a int, b text, c date) partition by range (a, b collate "C");
create table t_1 partition of t for values from (0, minvalue) to (10, 'm');
create table t_2 partition of t for values from (10, 'm') to (maxvalue, maxvalue);
comment on table t_2 is 'all the rest';
