create table plans (id int primary key, title text);
