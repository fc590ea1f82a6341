insert into orders values (1, 'x', 5);
