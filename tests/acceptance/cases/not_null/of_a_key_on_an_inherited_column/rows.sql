insert into c values (1);
