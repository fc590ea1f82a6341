create table t (a int);
create table log (a int);
create rule one as on insert to t where new.a > 5 do also insert into log values (new.a + 1);
create rule three as on update to t do also (insert into log values (old.a); insert into log values (new.a));
alter table t disable rule three;
