select count(*) = 2 and sum(id) = 3 from t
