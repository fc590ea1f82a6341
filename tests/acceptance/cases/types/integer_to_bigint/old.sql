create table clicks (id int primary key, n int not null default 0);
create index clicks_n on clicks (n);
