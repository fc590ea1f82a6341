insert into m1 values (7, 8, '2021-01-01');
insert into mm values (1, 2, '2020-01-01', 3, 4);
insert into m4 values (1, 2, '2020-01-01', 3, 4);
insert into nn values ('12');
