create table parent (a int not null);
