create table t (id int, a text);
comment on table t is 'old words';
comment on column t.id is 'goes away';
comment on column t.a is 'stays';
