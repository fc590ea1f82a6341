insert into t values (1, 'de'), (2, 'de');
