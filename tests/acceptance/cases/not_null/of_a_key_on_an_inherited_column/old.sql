create table p(id int not null);
create table c() inherits(p);
