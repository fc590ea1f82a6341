select lower(s) = '2024-01-01 00:00+00' and upper(s) = '2024-02-01 00:00+00' from t
