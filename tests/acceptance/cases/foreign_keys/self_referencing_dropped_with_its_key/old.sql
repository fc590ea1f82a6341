create table folders (id int primary key, parent_id int references folders);
