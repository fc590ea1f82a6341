insert into contacts values (1, '+49 1'), (2, '+49 2');
