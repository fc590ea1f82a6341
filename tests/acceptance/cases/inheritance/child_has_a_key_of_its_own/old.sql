create table parent (id integer primary key, note text);
create table child () inherits (parent);
alter table child add primary key (id);
