create table clubs (id int primary key);
create table players (club int references clubs, other int references clubs not enforced);
