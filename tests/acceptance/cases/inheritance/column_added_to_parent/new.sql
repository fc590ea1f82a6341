create table base (id int, label text not null default '-');
create table child (extra int) inherits (base);
create table grandchild (more int) inherits (child);
