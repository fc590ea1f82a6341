insert into a (c, e, x) values (1, 2, 3);
