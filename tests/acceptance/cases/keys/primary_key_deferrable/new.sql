create table steps (position int primary key deferrable);
