create table memberships (team_id int, user_id int, primary key (team_id, user_id));
