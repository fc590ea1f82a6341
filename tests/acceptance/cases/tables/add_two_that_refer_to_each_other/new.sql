create table regions (id int primary key);
create table teams (id int primary key, region_id int references regions, lead_id int);
create table members (id int primary key, team_id int not null references teams);
alter table teams add constraint teams_lead_fkey foreign key (lead_id) references members;
