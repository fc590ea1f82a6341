insert into lots values (1, 'a@b');
