create table docs (id int primary key, owner_name text);
alter table docs enable row level security;
create policy own on docs using (owner_name = current_user) with check (owner_name = current_user);
