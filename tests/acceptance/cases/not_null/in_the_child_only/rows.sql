insert into special (id, label, extra) values (1, 'a', 2);
