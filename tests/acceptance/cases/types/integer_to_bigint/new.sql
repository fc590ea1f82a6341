create table clicks (id bigint primary key, n bigint not null default 0);
create index clicks_n on clicks (n);
