create table a (id int, b text);
