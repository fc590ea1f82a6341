create table base (a int);
alter table base add constraint base_a_check check (a > 0) no inherit;
create table child () inherits (base);
