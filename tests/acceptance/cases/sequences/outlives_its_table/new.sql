create sequence s; create table keep (id integer);
