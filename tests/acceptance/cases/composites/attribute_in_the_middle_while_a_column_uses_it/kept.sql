select (at).x = 2 and (at).y is null and (at).z = 3 from t where id = 1
