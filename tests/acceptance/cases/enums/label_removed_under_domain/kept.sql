select count(*) = 2 and min(d::text) = 'a' from t
