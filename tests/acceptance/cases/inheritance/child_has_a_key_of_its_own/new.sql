create table parent (id integer primary key, note text);
create table child (more integer) inherits (parent);
alter table child add primary key (id);
create table other (id integer not null, primary key (id)) inherits (parent);
