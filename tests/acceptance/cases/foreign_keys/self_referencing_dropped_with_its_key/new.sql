create table folders (id int, parent_id int);
