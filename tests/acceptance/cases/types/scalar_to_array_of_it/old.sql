create table hooks (id int primary key, event varchar(30) not null);
create index hooks_event on hooks (event);
