create table folders (id int primary key, name text, parent_id int references folders on delete cascade, root_id int references folders);
create index folders_parent on folders (parent_id);
