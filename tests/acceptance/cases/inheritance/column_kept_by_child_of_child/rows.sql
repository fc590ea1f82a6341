insert into grand (id, e, own, g) values (1, 9, 2, 3);
