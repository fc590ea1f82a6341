create table docs (id int primary key, owner_name text);
alter table docs enable row level security;
alter table docs force row level security;
create policy own on docs using (owner_name = current_user);
