create table t (id integer); create sequence s owned by t.id; create table keep (id integer);
