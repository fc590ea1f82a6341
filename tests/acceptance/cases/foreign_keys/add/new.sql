create table clubs (id int primary key);
create table players (id int primary key, club_id int references clubs);
