create table tasks (id int primary key, assignee text);
