insert into a (c, e, d, x) values (1, 2, 3, 4);
