insert into flags values ('7', '1.5');
