insert into lots values (1, 5);
