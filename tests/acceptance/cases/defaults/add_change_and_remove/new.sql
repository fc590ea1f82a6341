create table jobs (id int primary key, a text default 'new', b int default 2, c date);
