create table files (id int primary key, body bytea, meta jsonb);
alter table files alter body set storage external, alter meta set storage main, alter meta set compression pglz;
