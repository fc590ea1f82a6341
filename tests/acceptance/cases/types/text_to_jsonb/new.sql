create table hooks (id int primary key, body jsonb not null);
