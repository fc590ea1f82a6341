insert into flags values (true), (false);
