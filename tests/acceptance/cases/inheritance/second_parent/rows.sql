insert into child (id, extra) values (1, 2);
