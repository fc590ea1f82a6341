create table flags (level int not null default 0, weight double precision);
