insert into events values ('2022-01-01'), ('2024-06-01');
