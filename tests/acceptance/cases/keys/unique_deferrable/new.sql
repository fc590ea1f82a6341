create table steps (plan int, position int, unique (plan, position) deferrable initially deferred);
