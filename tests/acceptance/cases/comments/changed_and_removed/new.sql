create table t (id int, a text);
comment on table t is 'new words: it''s "100 %" \o/ $1 %s';
comment on column t.a is 'stays';
