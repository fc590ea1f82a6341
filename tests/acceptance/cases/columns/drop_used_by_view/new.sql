create table leads (id int primary key, source text);
create view hot_leads as select id, source from leads;
