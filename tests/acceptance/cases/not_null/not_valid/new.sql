create table t (a int, b int);
alter table t add constraint a_there not null a not valid;
alter table t add not null b not valid;
