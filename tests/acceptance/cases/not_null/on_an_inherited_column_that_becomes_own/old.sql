create table base (id int not null, label text);
create table child () inherits (base);
