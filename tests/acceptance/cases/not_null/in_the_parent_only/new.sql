create table base (id int not null, label text);
create table special (extra int) inherits (base);
