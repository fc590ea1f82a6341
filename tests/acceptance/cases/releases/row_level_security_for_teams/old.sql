create table teams (id int primary key);
create table projects (id int primary key, team_id int not null references teams, name text);
create table tasks (id int primary key, project_id int not null references projects, title text);
