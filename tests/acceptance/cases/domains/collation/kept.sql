select w = 'a' from t
