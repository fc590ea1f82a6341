create table events (id int primary key, payload json not null);
