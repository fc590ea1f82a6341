create table contacts (id int primary key, phone text[] not null default array[]::text[]);
