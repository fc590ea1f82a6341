create table clubs (org int, id int, primary key (org, id));
create table players (id int primary key, org int not null, club int default 0, foreign key (org, club) references clubs on delete set null (club));
