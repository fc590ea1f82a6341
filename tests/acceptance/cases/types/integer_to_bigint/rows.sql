insert into clicks values (1, 5), (2, 7);
