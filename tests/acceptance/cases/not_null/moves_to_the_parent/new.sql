create table p(id int not null, k int);
create table c(x int) inherits(p);
