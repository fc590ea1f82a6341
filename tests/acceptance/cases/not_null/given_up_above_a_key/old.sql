create table p(id int not null, k int not null);
create table c(primary key(id)) inherits(p);
