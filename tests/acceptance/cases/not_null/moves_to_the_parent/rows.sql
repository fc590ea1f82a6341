insert into c (id, k, x) values (1, 2, 3);
