create table tasks (id int primary key, owner text);
