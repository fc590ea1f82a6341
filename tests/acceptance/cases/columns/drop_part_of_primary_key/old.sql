create table memberships (team_id int, user_id int, role text, primary key (team_id, user_id, role));
