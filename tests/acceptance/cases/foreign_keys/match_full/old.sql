create table clubs (org int, id int, primary key (org, id));
create table players (org int, club int, foreign key (org, club) references clubs);
