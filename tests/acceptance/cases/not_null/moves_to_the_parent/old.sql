create table p(id int, k int);
create table c(id int not null, x int) inherits(p);
