create table members (doc int, name text);
create table docs (id int);
alter table docs enable row level security;
create policy member on docs using (exists (select from members m where m.doc = docs.id and m.name = current_user));
