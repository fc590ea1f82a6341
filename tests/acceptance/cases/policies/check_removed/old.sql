create table docs (id int);
create policy p on docs using (id > 0) with check (id > 5);
