create table jobs (id int primary key, a text, b int default 1, c date default '2020-01-01');
