create table files (id int primary key, body bytea, meta jsonb);
