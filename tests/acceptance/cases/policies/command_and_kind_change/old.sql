create table docs (id int);
create policy p on docs for select using (id > 0);
create policy q on docs for all using (id > 0);
