create table base (id int not null, label text);
create table child (id int not null) inherits (base);
