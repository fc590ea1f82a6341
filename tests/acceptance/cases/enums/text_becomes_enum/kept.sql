select count(*) filter (where state = 'on') = 2 and count(*) = 3 from t
