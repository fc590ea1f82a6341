create table base (id int primary key, label text not null default 'x', check (id > 0));
create table child (extra int, check (extra < 9)) inherits (base);
