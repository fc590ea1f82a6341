create table p (id int);
create table c (b int, primary key (id)) inherits (p);
