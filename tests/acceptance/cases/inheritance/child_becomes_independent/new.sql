create table base (id int, label text);
create table child (id int, label text, extra int);
