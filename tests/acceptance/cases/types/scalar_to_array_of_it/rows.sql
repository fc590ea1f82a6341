insert into hooks values (1, 'a'), (2, 'b c');
