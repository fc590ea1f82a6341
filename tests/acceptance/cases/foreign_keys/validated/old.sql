create table clubs (id int primary key);
create table players (club int);
alter table players add constraint players_club foreign key (club) references clubs on delete cascade not valid;
