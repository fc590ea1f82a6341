insert into events values ('2023-02-01', 1);
