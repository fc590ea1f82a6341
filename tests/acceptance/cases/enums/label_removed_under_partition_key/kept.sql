select sum(n) = 3 from t
