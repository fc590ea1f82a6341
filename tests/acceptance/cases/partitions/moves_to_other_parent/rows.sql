insert into a values (5), (6);
