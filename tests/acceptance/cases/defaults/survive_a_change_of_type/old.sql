create table limits (a varchar(10) default 'ten', b int default 10, c numeric default 1.5, d timestamp default now());
