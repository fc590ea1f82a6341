create table events (id int not null, day date not null, primary key (id, day)) partition by range (day);
create table spare (id int not null, day date not null, constraint spare_key primary key (id, day));
alter table events attach partition spare for values from ('2023-01-01') to ('2024-01-01');
