select count(*) = 2 and bool_and(is_a) from t
