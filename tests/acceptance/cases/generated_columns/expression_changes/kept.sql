select c = 2 from t
