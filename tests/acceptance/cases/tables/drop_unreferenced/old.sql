create table plans (id int primary key, title text);
create table legacy_events (id int primary key, payload json);
