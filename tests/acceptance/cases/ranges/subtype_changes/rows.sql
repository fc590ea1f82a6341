insert into t values ('[2024-01-01,2024-02-01)');
