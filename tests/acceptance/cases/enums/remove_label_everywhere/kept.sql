select count(*) = 2 and count(levels) = 1 from t
