create table jobs (a text default null, b int default null);
