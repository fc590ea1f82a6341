create table flags (active integer not null);
