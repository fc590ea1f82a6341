create table clubs (id int primary key);
create table players (club int);
