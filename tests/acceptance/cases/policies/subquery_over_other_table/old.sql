create table members (doc int, name text);
create table docs (id int);
alter table docs enable row level security;
