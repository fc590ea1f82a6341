create table notes (id int primary key, size bigint);
create function biggest() returns bigint begin atomic select max(size) from notes; end;
