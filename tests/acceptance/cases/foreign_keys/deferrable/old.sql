create table clubs (id int primary key);
create table players (a int references clubs, b int references clubs deferrable, c int references clubs deferrable initially deferred);
