insert into t values (1, '2024-01-01'), (2, '2024-02-01');
