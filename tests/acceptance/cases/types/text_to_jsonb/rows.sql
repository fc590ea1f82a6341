insert into hooks values (1, '{"a": [1, 2]}');
