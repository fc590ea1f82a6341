create table teams (id int primary key);
create table team_members (team_id int references teams, member text, primary key (team_id, member));
create function my_teams() returns setof int language sql stable security definer
    as $$ select team_id from team_members where member = current_user $$;
create table projects (id int primary key, team_id int not null references teams, name text);
create table tasks (id int primary key, project_id int not null references projects, title text);
alter table projects enable row level security;
alter table projects force row level security;
alter table tasks enable row level security;
create policy team_reads on projects for select using (team_id in (select my_teams()));
create policy team_writes on projects for all using (team_id in (select my_teams())) with check (name <> '');
create policy of_project on tasks using (exists (select from projects p where p.id = tasks.project_id));
create index projects_team on projects (team_id);
