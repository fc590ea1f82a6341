create table notes (id int primary key, team int);
alter table notes enable row level security;
create policy own_team on notes using (team = 7);
