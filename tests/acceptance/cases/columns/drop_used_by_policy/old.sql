create table notes (id int primary key, author text, secret boolean);
alter table notes enable row level security;
create policy visible on notes for select using (not secret or author = current_user);
