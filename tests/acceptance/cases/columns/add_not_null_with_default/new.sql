create table tickets (id int primary key, labels text[] not null default '{}'::text[]);
