create table steps (plan int, position int, unique (plan, position));
