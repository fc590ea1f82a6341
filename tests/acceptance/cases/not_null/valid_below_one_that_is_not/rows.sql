insert into t values (1, 1), (11, 11);
insert into child values (2);
insert into own values (3);
insert into u values (1, 1);
insert into "grand child" values (4);
