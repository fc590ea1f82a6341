create table base (id int, label text);
create table child (own int) inherits (base);
create sequence s owned by child.id;
alter table child alter id set default nextval('s');
