create table jobs (a text, b int default 5);
