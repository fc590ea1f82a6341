create table clubs (id int primary key);
create table players (a int references clubs deferrable initially deferred, b int references clubs, c int references clubs deferrable);
