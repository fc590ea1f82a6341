insert into grand (id, label, own, g) values (1, 'a', 2, 3);
