select array_agg(b order by b) = array[2, 4] from t
