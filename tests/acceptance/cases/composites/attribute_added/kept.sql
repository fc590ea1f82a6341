select (home).zip = '12345' and (home).city is null from t
