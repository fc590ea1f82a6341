create table p(id int, k int);
create table c(primary key(id)) inherits(p);
