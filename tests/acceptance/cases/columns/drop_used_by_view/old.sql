create table leads (id int primary key, source text, score int);
create view hot_leads as select id, source from leads where score > 80;
