select (at).x = 2 and (at).z = 3 from t
