create table docs (id int primary key, owner_name text);
