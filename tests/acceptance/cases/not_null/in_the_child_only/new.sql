create table base (id int, label text);
create table special (id int not null, extra int) inherits (base);
