create table p (id int not null);
create table c (b int) inherits (p);
alter table c add primary key (id);
