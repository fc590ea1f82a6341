create table events (id int not null, day date not null, primary key (id, day)) partition by range (day);
create table spare (id int not null, day date not null, constraint spare_key primary key (id, day));
