create table docs (id int);
create policy p on docs for update using (id > 0) with check (id > 1);
create policy q on docs as restrictive for all using (id > 0);
