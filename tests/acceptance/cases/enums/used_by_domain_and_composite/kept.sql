select d::text = 'a' and (p).k = 'b' and (p).n = 3 from t
