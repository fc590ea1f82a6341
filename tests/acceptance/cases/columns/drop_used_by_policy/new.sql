create table notes (id int primary key, author text);
alter table notes enable row level security;
create policy visible on notes for select using (author = current_user);
