create table folders (id int primary key, parent int);
